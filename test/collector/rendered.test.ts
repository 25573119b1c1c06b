import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { RENDERED } from '../../collector/rendered.ts'
import { toYaml, type Yaml } from '../../collector/yaml.ts'

test.each(Object.entries(RENDERED))('%s is what its source renders', (path, render) => {
  expect(readFileSync(path, 'utf8')).toBe(render())
})

test('what is written as YAML is read as it was', () => {
  // Control characters are escaped before: every text of a user stands in a statement.
  const text = fc.oneof(
    fc.string().filter((it) => !/\p{C}/u.test(it)),
    fc.constantFrom('true', 'null', '1', '-', 'a: b', 'a #b', '', "it's", 'x:', '~', '0x1', '.5'),
  )
  const { value } = fc.letrec<{ value: Yaml }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((key) => /^[^#]/.test(key)),
        tie('value'),
        { maxKeys: 3 },
      ),
    ),
  }))
  fc.assert(
    fc.property(value, (it) => {
      expect(parse(toYaml({ it, '# a comment': '' }))).toEqual({ it: JSON.parse(JSON.stringify(it)) })
    }),
  )
})

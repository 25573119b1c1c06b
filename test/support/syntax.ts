/** TypeScript as its own compiler reads it: what a search by regular expression only guesses. */
import type { Node, SourceFile } from 'typescript/unstable/ast'
import { isIdentifier, isRegularExpressionLiteral } from 'typescript/unstable/ast/is'
import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { API } from 'typescript/unstable/sync'

/** The syntax of each of these texts, by name of its file, such as `src/route.ts`. */
export function parse(texts: Readonly<Record<string, string>>): Map<string, SourceFile> {
  const names = Object.keys(texts)
  const settings = { compilerOptions: { noLib: true, noResolve: true, types: [] }, files: names }
  const files = Object.entries(texts).map(([name, text]) => [`/${name}`, text])
  const fs = createVirtualFileSystem({ ...Object.fromEntries(files), '/tsconfig.json': JSON.stringify(settings) })
  const api = new API({ cwd: '/', fs })
  try {
    const [project] = api.updateSnapshot({ openProjects: ['/tsconfig.json'] }).getProjects()
    return new Map(
      names.map((name) => {
        const file = project?.program.getSourceFile(`/${name}`)
        if (file === undefined) throw new Error(`${name} was not read`)
        return [name, file]
      }),
    )
  } finally {
    api.close()
  }
}

/** Every node below this one, itself first. */
export function* nodes(node: Node): Generator<Node> {
  yield node
  const children: Node[] = []
  node.forEachChild((child) => void children.push(child))
  for (const child of children) yield* nodes(child)
}

/** Every regular expression: literals, and each mention of `RegExp`, by which others are made. */
export const regularExpressions = (file: SourceFile): string[] =>
  [...nodes(file)]
    .filter((node) => isRegularExpressionLiteral(node) || (isIdentifier(node) && node.text === 'RegExp'))
    .map((node) => node.getText(file))

/** TypeScript as its own compiler reads it: what a search by regular expression only guesses. */
import type { Node, SourceFile } from 'typescript/unstable/ast'
import {
  isCallExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportExpression,
  isPropertyAccessExpression,
  isRegularExpressionLiteral,
  isStringLiteral,
} from 'typescript/unstable/ast/is'
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
function* nodes(node: Node): Generator<Node> {
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

/** Something that a file imports. */
export interface Import {
  /** Undefined where it is not written in the code, as in `import(name)`. */
  from: string | undefined
  /** `import type` and `export type` are gone when the code runs; `import { type … }` still loads the file. */
  way: 'type' | 'value' | 'while running'
}

/** All imports of a file, `require` and `import()` among them. */
export const importsOf = (file: SourceFile): Import[] =>
  [...nodes(file)].flatMap((node): Import[] => {
    if (isImportDeclaration(node) || (isExportDeclaration(node) && node.moduleSpecifier !== undefined)) {
      const way = /^(import|export)\s+type\b/.test(node.getText(file)) ? 'type' : 'value'
      return [{ from: textOf(node.moduleSpecifier), way }]
    }
    if (isCallExpression(node) && (isImportExpression(node.expression) || isRequire(node.expression))) {
      return [{ from: textOf(node.arguments[0]), way: 'while running' }]
    }
    return []
  })

const textOf = (node: Node | undefined) => (node !== undefined && isStringLiteral(node) ? node.text : undefined)
const isRequire = (node: Node): boolean =>
  (isIdentifier(node) && node.text === 'require') ||
  (isPropertyAccessExpression(node) && isRequire(node.expression) && node.name.text === 'resolve')

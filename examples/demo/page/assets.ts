import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runbookPage } from './runbook.ts'

/** A file as it is served. */
export interface Asset {
  type: string
  body: Buffer | string
}

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const

/** The folder that holds package.json, from a source file or from a built one. */
const repositoryRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/**
 * Everything the page consists of, by path, read once: what is not among it cannot be asked for, whatever the path.
 *
 * @param build Folder of the compiled browser code.
 */
export const loadAssets = (build = join(repositoryRoot(), 'build')): ReadonlyMap<string, Asset> => {
  const page = join(repositoryRoot(), 'examples/demo/page')
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot/package.json'))
  const browser = 'examples/demo/page/browser'
  const assets = new Map<string, Asset>()
  const add = (path: string, kind: keyof typeof TYPES, file: string) =>
    assets.set(path, { type: TYPES[kind], body: readFileSync(file) })

  add('/', 'html', join(page, 'page.html'))
  add('/page.css', 'css', join(page, 'page.css'))
  add('/icon.svg', 'svg', join(page, 'icon.svg'))
  add('/uplot.js', 'js', join(uplot, 'dist/uPlot.iife.min.js'))
  add('/uplot.css', 'css', join(uplot, 'dist/uPlot.min.css'))
  add('/js/dashboards/palette.js', 'js', join(build, 'dashboards/palette.js'))
  for (const file of readdirSync(join(build, browser)).filter((name) => name.endsWith('.js'))) {
    add(`/js/${browser}/${file}`, 'js', join(build, browser, file))
  }
  assets.set('/runbook', { type: TYPES.html, body: runbookPage(join(repositoryRoot(), 'docs/runbook.md')) })
  return assets
}

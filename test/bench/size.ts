/** What the main entry weighs, and which of its parts weigh it. */
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'

/** Bytes after gzip. */
export interface Size {
  whole: number
  /** Each part by itself; together they are more than the whole, which repeats itself and so packs better. */
  parts: Readonly<Record<string, number>>
}

/** The rooms of src, by what they are for. */
const ROOMS: Readonly<Record<string, string>> = {
  'request/routes.js': 'the table of operations',
  request: 'which call is it: host and operation of a URL, in every spelling',
  outcome: 'how did it end: category and outcome',
  rates: 'sliding rates and spikes',
  quota: 'quota: headers, windows, forecast',
  metrics: 'counting and metrics',
  results: 'what became of payments: operations, codes, bodies',
  webhooks: 'notifications: event types, deliveries',
  wire: 'calls read from requests: `node:http`, undici, HTTP/2',
  span: 'reading and tagging spans',
  '': 'names, options, `snapshot()`, the processor itself',
}

const minified: BuildOptions = { minify: true, format: 'esm', platform: 'node', target: 'es2022' }

/** Bundles the main entry without `@opentelemetry/api`, which the app has already. */
export async function mainEntry(): Promise<Size> {
  const bundle = await build({
    ...minified,
    entryPoints: ['dist/esm/index.js'],
    bundle: true,
    external: ['@opentelemetry/api'],
    write: false,
    metafile: true,
  })
  const inputs = Object.keys(Object.values(bundle.metafile.outputs)[0]?.inputs ?? {})
  const files = await build({ ...minified, entryPoints: inputs, write: false, outdir: 'unused' })
  const outputs = new Map(inputs.map((input, index) => [input, files.outputFiles[index]?.text ?? '']))
  const zipped = (text: string): number => gzipSync(text, { level: 9 }).length
  const parts: Record<string, string> = {}
  for (const [input, text] of outputs) {
    const file = input.replace('dist/esm/', '')
    const room = ROOMS[file] ?? ROOMS[file.includes('/') ? dirname(file) : '']
    if (room === undefined) throw new Error(`size.ts does not say what ${file} is for`)
    parts[room] = (parts[room] ?? '') + text
  }
  return {
    whole: zipped(bundle.outputFiles[0]?.text ?? ''),
    parts: Object.fromEntries(Object.entries(parts).map(([room, text]) => [room, zipped(text)])),
  }
}

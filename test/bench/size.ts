/** What the main entry weighs, and which of its parts weigh it. */
import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'

/** Bytes after gzip. */
export interface Size {
  whole: number
  /** Each part by itself; together they are more than the whole, which repeats itself and so packs better. */
  parts: Readonly<Record<string, number>>
}

/** The files of src, by what they are for. */
const parts: Readonly<Record<string, readonly string[]>> = {
  'the table of operations': ['routes'],
  'host and operation of a URL, in every spelling': ['hosts', 'url', 'route', 'spelling'],
  'category and outcome of a status or a failure': ['status', 'method', 'outcome', 'transport', 'call'],
  'names, tags, counting, metrics, `snapshot()`': [
    'names',
    'version',
    'tags',
    'tally',
    'shown-sets',
    'ledger',
    'meter',
    'metrics',
    'recorder',
    'snapshot',
    'report',
  ],
  'quota: headers, windows, forecast': ['headers', 'quota', 'quota-book', 'pace'],
  'sliding rates, spikes, callbacks': ['window', 'spikes', 'quota-watch', 'notifier'],
  'options and what is said of wrong ones': ['options', 'wrong-option'],
  'hooks of the SDK': ['index', 'processor', 'ended-span', 'span-calls', 'nesting', 'sampler', 'guard', 'otel'],
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
  const texts = new Map(files.outputFiles.map(({ path, text }) => [basename(path, '.js'), text]))
  const zipped = (text: string): number => gzipSync(text, { level: 9 }).length
  const known = Object.values(parts).flat()
  const stray = [...texts.keys()].filter((name) => !known.includes(name))
  if (stray.length > 0) throw new Error(`size.ts does not say what these files are for: ${stray.join(', ')}`)
  return {
    whole: zipped(bundle.outputFiles[0]?.text ?? ''),
    parts: Object.fromEntries(
      Object.entries(parts).map(([part, names]) => [part, zipped(names.map((name) => texts.get(name)).join(''))]),
    ),
  }
}

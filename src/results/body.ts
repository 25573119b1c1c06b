/** Longest body that is looked at, in bytes, on the wire and unpacked alike. */
export const MOST_BYTES = 65_536

/** Room for a body whose length is not told: a pay-in has about 1,500 bytes. */
const USUAL_BYTES = 2_048

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer

/** By content encoding; empty until {@link loadUnpackers}. Whoever asks for a bomb gets an error after {@link MOST_BYTES}. */
const UNPACK = new Map<string, Unpack>()

/** Loads what unpacks bodies: it takes milliseconds, and a process that looks at none should not pay for it. */
export async function loadUnpackers(): Promise<void> {
  const zlib = await import('node:zlib')
  UNPACK.set('gzip', zlib.gunzipSync)
  UNPACK.set('x-gzip', zlib.gunzipSync)
  UNPACK.set('br', zlib.brotliDecompressSync)
  // The name says zlib, and some servers send the bare stream.
  UNPACK.set('deflate', (bytes, options) =>
    ((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options),
  )
  // Node 22.15 and later.
  const { zstdDecompressSync } = zlib as unknown as { zstdDecompressSync?: Unpack }
  if (zstdDecompressSync !== undefined) UNPACK.set('zstd', zstdDecompressSync)
}

/**
 * The body of an answer while it comes in: a copy, since the app may write over its own. At most {@link MOST_BYTES} are
 * held; of a longer body nothing is.
 */
export class Body {
  readonly #encoding: string | undefined
  #bytes: Buffer | undefined
  #length = 0
  #isLost = false

  /**
   * @param encoding - `Content-Encoding` of the answer
   * @param length - `Content-Length`, for the room it needs
   */
  constructor(encoding: unknown, length: unknown) {
    const name = typeof encoding === 'string' ? encoding.trim().toLowerCase() : 'identity'
    this.#encoding = name === '' || name === 'identity' ? undefined : name
    const bytes = Number(length)
    if (bytes > MOST_BYTES || (this.#encoding !== undefined && UNPACK.get(this.#encoding) === undefined)) this.#lose()
    else if (bytes > 0) this.#bytes = Buffer.allocUnsafe(bytes)
  }

  /** Whether nothing will be read of it, so that no more of it is wanted. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** Takes the next bytes; text is taken as UTF-8. */
  take(chunk: unknown): void {
    if (this.#isLost) return
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    if (!(bytes instanceof Uint8Array)) {
      this.#lose()
      return
    }
    const length = this.#length + bytes.length
    if (length > MOST_BYTES) {
      this.#lose()
      return
    }
    this.#room(length).set(bytes, this.#length)
    this.#length = length
  }

  /** The value that the whole body spells as JSON, once; undefined for what is none. */
  read(): unknown {
    if (this.#isLost || this.#bytes === undefined) return undefined
    try {
      let bytes = this.#bytes.subarray(0, this.#length)
      this.#lose()
      if (this.#encoding !== undefined)
        bytes = UNPACK.get(this.#encoding)?.(bytes, { maxOutputLength: MOST_BYTES }) ?? bytes
      const text = bytes.toString('utf8')
      return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
    } catch {
      return undefined // cut, broken, too long, or no JSON: a page of HTML, say
    }
  }

  #lose(): void {
    this.#isLost = true
    this.#bytes = undefined
  }

  #room(length: number): Buffer {
    const bytes = this.#bytes
    if (bytes !== undefined && bytes.length >= length) return bytes
    const more = Buffer.allocUnsafe(Math.min(MOST_BYTES, Math.max(USUAL_BYTES, length, 2 * (bytes?.length ?? 0))))
    bytes?.copy(more, 0, 0, this.#length)
    this.#bytes = more
    return more
  }
}

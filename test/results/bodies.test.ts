/**
 * Looking at bodies of `node:http`, over loopback: what is found in them, and that the app gets the same bytes, events
 * and back-pressure as without.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen, stop } from '../../examples/mock/listen.ts'
import { type Observation, observeMessage } from '../../src/results/answers.ts'
import { loadUnpackers, MOST_BYTES } from '../../src/results/body.ts'
import { KINDS } from '../../src/results/resources.ts'
import { judgeResult, readObject } from '../../src/results/result.ts'

type Send = (response: ServerResponse) => void

const [payIn] = KINDS
let send: Send = () => {}
const server = createServer((_, response) => send(response))
let port = 0
beforeAll(async () => {
  await loadUnpackers()
  port = await listen(server, 0, '127.0.0.1')
})
afterAll(() => stop(server))

const judge = (value: unknown) => {
  const told = readObject(value)
  return told && payIn && judgeResult(payIn, told)
}

/** Asks, and reads as the app would. */
const ask = async <T>(how: Send, read: (message: IncomingMessage) => Promise<T>, isObserved = true) => {
  send = how
  let observation: Observation | undefined
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ port, agent: false }, (answer) => {
      if (isObserved) observation = observeMessage(answer, judge)
      resolve(answer)
    })
    sent.on('error', reject)
    sent.end()
  })
  return { read: await read(message), observation, message }
}

const bytesOf = async (message: IncomingMessage) => {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of message) chunks.push(chunk)
  } catch (error) {
    return [Buffer.concat(chunks).toString('hex'), (error as NodeJS.ErrnoException).code]
  }
  return [Buffer.concat(chunks).toString('hex'), 'end']
}

const whole =
  (body: string | Buffer, headers: Record<string, string> = {}): Send =>
  (response) => {
    response.writeHead(200, headers)
    response.end(body)
  }

const inPieces =
  (pieces: readonly (string | Buffer)[]): Send =>
  async (response) => {
    for (const piece of pieces) {
      response.write(piece)
      await wait(1)
    }
    response.end()
  }

const cut =
  (body: string): Send =>
  (response) => {
    response.writeHead(200, { 'content-length': String(body.length + 100) })
    response.write(body, () => setTimeout(() => response.socket?.destroy(), 20))
  }

const FAILED = { status: 'FAILED', code: '101101', category: 'bank_refused' }
const failed = { Id: 'payin_1', Status: 'FAILED', ResultCode: '101101', Tag: 'Café ☕' }
const text = JSON.stringify(failed)
const long = (bytes: number) => JSON.stringify({ Pad: '', ...failed }).replace('""', `"${'x'.repeat(bytes)}"`)
const shortest = Buffer.byteLength(long(0))

const CASES: [what: string, how: Send, expected: object | undefined][] = [
  ['a failed pay-in', whole(text), FAILED],
  ['with its length', whole(text, { 'content-length': String(Buffer.byteLength(text)) }), FAILED],
  ['with a BOM', whole(`\ufeff${text}`), FAILED],
  ['in chunks of one byte', inPieces([...Buffer.from(text)].map((byte) => Buffer.from([byte]))), FAILED],
  ['a character cut in two', inPieces([Buffer.from(text).subarray(0, -4), Buffer.from(text).subarray(-4)]), FAILED],
  ['gzip', whole(gzipSync(text), { 'content-encoding': 'gzip' }), FAILED],
  ['GZIP', whole(gzipSync(text), { 'Content-Encoding': ' GZIP ' }), FAILED],
  ['brotli', whole(brotliCompressSync(text), { 'content-encoding': 'br' }), FAILED],
  ['deflate', whole(deflateSync(text), { 'content-encoding': 'deflate' }), FAILED],
  ['raw deflate', whole(deflateRawSync(text), { 'content-encoding': 'deflate' }), FAILED],
  ['identity', whole(text, { 'content-encoding': 'identity' }), FAILED],
  ['two encodings', whole(gzipSync(gzipSync(text)), { 'content-encoding': 'gzip, gzip' }), undefined],
  ['an encoding nobody knows', whole(text, { 'content-encoding': 'constructor' }), undefined],
  ['gzip that is none', whole(text, { 'content-encoding': 'gzip' }), undefined],
  ['gzip cut short', whole(gzipSync(text).subarray(0, -12), { 'content-encoding': 'gzip' }), undefined],
  ['a bomb', whole(gzipSync(long(50_000_000)), { 'content-encoding': 'gzip' }), undefined],
  ['as long as may be', whole(long(MOST_BYTES - shortest)), FAILED],
  ['one byte longer', whole(long(MOST_BYTES - shortest + 1)), undefined],
  ['10 MB', whole(long(10_000_000)), undefined],
  ['10 MB of unknown length', inPieces([...Array(20)].map(() => Buffer.alloc(500_000, 120))), undefined],
  ['cut in its middle', cut(text.slice(0, 30)), undefined],
  ['cut at its last byte, before its length', cut(text), undefined],
  ['nothing', whole(''), undefined],
  ['no JSON', whole('<!DOCTYPE html><html></html>'), undefined],
  ['broken JSON', whole(text.slice(0, -1)), undefined],
  ['two values', whole(text + text), undefined],
  ['an array', whole(`[${text}]`), undefined],
  ['null', whole('null'), undefined],
  ['a text', whole(JSON.stringify(text)), undefined],
  ['nested without end', whole('['.repeat(60_000)), undefined],
  [
    'nested with an end',
    whole(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)},"Status":"CREATED"}`),
    { status: 'CREATED' },
  ],
  ['the last of two', whole('{"Status":"SUCCEEDED","Status":"FAILED"}'), { status: 'FAILED', category: 'unknown' }],
  ['not that of an inner object', whole('{"Status":"CREATED","Inner":{"Status":"FAILED"}}'), { status: 'CREATED' }],
  ['only that of an inner object', whole('{"Inner":{"Status":"FAILED","ResultCode":"101101"}}'), undefined],
  ['that of a prototype', whole('{"__proto__":{"Status":"FAILED"}}'), undefined],
  ['in other letters', whole('{"status":"FAILED","STATUS":"FAILED"}'), undefined],
  ['an escaped key', whole('{"\\u0053tatus":"FAILED","ResultCode":"101101"}'), FAILED],
  ['a status that is a number', whole('{"Status":5}'), undefined],
  ['a status that is an object', whole('{"Status":{"toString":1}}'), undefined],
  ['an unknown status', whole('{"Status":"DECLINED"}'), { status: '_OTHER', category: undefined }],
  ['an unknown status with a code', whole('{"Status":"X","ResultCode":"101101"}'), { ...FAILED, status: '_OTHER' }],
  ['a very long status', whole(`{"Status":"${'FAILED'.repeat(5000)}"}`), { status: '_OTHER', code: undefined }],
  [
    'a code that is a number',
    whole('{"Status":"FAILED","ResultCode":101101}'),
    { code: '_OTHER', category: 'unknown' },
  ],
  ['a code that is a text', whole('{"Status":"FAILED","ResultCode":"Ann"}'), { code: '_OTHER', category: 'unknown' }],
  ['a code that is null', whole('{"Status":"FAILED","ResultCode":null}'), { code: undefined, category: 'unknown' }],
  ['a success', whole('{"Status":"SUCCEEDED","ResultCode":"000000"}'), { code: '000000', category: undefined }],
]

describe('what is found, while the app gets the same bytes', () => {
  it.each(CASES)('%s', async (_, how, expected) => {
    const plain = await ask(how, bytesOf, false)
    const { read, observation, message } = await ask(how, bytesOf)
    expect(read).toEqual(plain.read)
    expect(Object.hasOwn(message, 'push') && message.complete).toBe(false)
    if (expected === undefined) expect(observation?.result).toBeUndefined()
    else expect(observation?.result).toMatchObject(expected)
  })

  it('whatever JSON it is, the same as JSON.parse finds, however it is cut', async () => {
    const body = fc.oneof(
      fc.json(),
      fc
        .record({ Status: fc.oneof(fc.string(), fc.constantFrom(...(payIn?.all ?? []))), ResultCode: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
    )
    await fc.assert(
      fc.asyncProperty(body, fc.nat(), async (spelled, at) => {
        const bytes = Buffer.from(spelled)
        const cutAt = at % (bytes.length + 1)
        const { observation } = await ask(
          inPieces([bytes.subarray(0, cutAt), bytes.subarray(cutAt)].filter((piece) => piece.length > 0)),
          bytesOf,
        )
        expect(observation?.result).toEqual(judge(JSON.parse(spelled)))
      }),
      { numRuns: 60 },
    )
  })
})

describe('an app that reads otherwise', () => {
  const body = long(40_000)
  const found = (observation: Observation | undefined) => observation?.result?.status

  it('late: it gets every byte, and nothing flowed before', async () => {
    const { read, observation } = await ask(whole(body), async (message) => {
      await wait(50)
      // Node's own client listens to 'end'.
      expect([message.readableFlowing, message.listenerCount('data'), message.eventNames()]).toEqual([null, 0, ['end']])
      return bytesOf(message)
    })
    expect(read).toEqual([Buffer.from(body).toString('hex'), 'end'])
    expect(found(observation)).toBe('FAILED')
  })

  it('never: nothing is found before the body has come, and nothing breaks', async () => {
    const { observation } = await ask(whole(long(10_000_000)), async (message) => {
      await wait(20)
      message.destroy()
    })
    expect(observation?.result).toBeUndefined()
  })

  it('not at all, by resume()', async () => {
    const { observation } = await ask(whole(body), (message) => {
      message.resume()
      return new Promise((resolve) => message.on('end', resolve))
    })
    expect(found(observation)).toBe('FAILED')
  })

  it('by destroying it in the middle', async () => {
    const forever: Send = (response) => {
      const timer = setInterval(() => response.write('x'), 1)
      response.on('close', () => clearInterval(timer))
    }
    const { observation, read } = await ask(forever, async (answer) => {
      for await (const _ of answer) break
      await wait(10)
      return [answer.complete, answer.readableEnded]
    })
    expect([observation?.result, ...read]).toEqual([undefined, false, false])
  })

  it('as text, in pauses, through a pipe, and byte by byte', async () => {
    const reads: ((message: IncomingMessage) => Promise<string>)[] = [
      async (message) => {
        message.setEncoding('utf8')
        let all = ''
        for await (const chunk of message) all += chunk
        return all
      },
      (message) =>
        new Promise((resolve) => {
          const all: Buffer[] = []
          message.on('data', (chunk) => {
            all.push(chunk)
            message.pause()
            setTimeout(() => message.resume(), 1)
          })
          message.on('end', () => resolve(Buffer.concat(all).toString()))
        }),
      async (message) => {
        const all: Buffer[] = []
        await pipeline(message, async (chunks) => {
          for await (const chunk of chunks) all.push(chunk)
        })
        return Buffer.concat(all).toString()
      },
      (message) =>
        new Promise((resolve) => {
          const all: Buffer[] = []
          message.on('readable', () => {
            for (let byte = message.read(1); byte !== null; byte = message.read(1)) all.push(byte)
          })
          message.on('end', () => resolve(Buffer.concat(all).toString()))
        }),
    ]
    for (const read of reads) {
      const { read: got, observation } = await ask(whole(body), read)
      expect(got).toBe(body)
      expect(found(observation)).toBe('FAILED')
    }
  })

  it('and writes over what it was given', async () => {
    const { observation } = await ask(inPieces([text.slice(0, 20), text.slice(20)]), async (message) => {
      for await (const chunk of message) (chunk as Buffer).fill(0)
    })
    expect(found(observation)).toBe('FAILED')
  })

  it('after somebody else has wrapped its push, before us or after', async () => {
    for (const isFirst of [true, false]) {
      send = whole(text)
      let pushed = 0
      const wrap = (message: IncomingMessage) => {
        const { push } = message
        message.push = (...chunk) => {
          pushed++
          return push.apply(message, chunk)
        }
      }
      const message = await new Promise<IncomingMessage>((resolve) => {
        request({ port, agent: false }, (answer) => {
          if (isFirst) wrap(answer)
          const observation = observeMessage(answer, judge)
          if (!isFirst) wrap(answer)
          expect(observeMessage(answer, () => expect.unreachable())).toBe(observation) // claimed
          answer.on('end', () => expect(found(observation)).toBe('FAILED'))
          resolve(answer)
        }).end()
      })
      await bytesOf(message)
      expect(pushed).toBe(2)
    }
  })

  it('or is no message of node:http at all', () => {
    for (const odd of [{}, { push: 1 }, Object.freeze({ push: () => true })]) {
      try {
        expect(observeMessage(odd, judge)?.result).toBeUndefined()
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError) // its caller reports it
      }
    }
  })

  it('a judge that throws is nobody else’s trouble', async () => {
    send = whole(text)
    const message = await new Promise<IncomingMessage>((resolve) => {
      request({ port, agent: false }, (answer) => {
        observeMessage(answer, () => {
          throw new Error('wrong')
        })
        resolve(answer)
      }).end()
    })
    expect(await bytesOf(message)).toEqual([Buffer.from(text).toString('hex'), 'end'])
  })
})

it('a thousand answers at once', async () => {
  const asked = [...Array(1000).keys()].map((i) =>
    (async () => {
      const status = i % 3 === 0 ? 'FAILED' : 'SUCCEEDED'
      const message = await new Promise<[IncomingMessage, Observation | undefined]>((resolve) => {
        request({ port, agent: false, headers: { status } }, (answer) =>
          resolve([answer, observeMessage(answer, judge)]),
        ).end()
      })
      await bytesOf(message[0])
      return message[1]?.result?.status === status
    })(),
  )
  send = (response) => response.end(JSON.stringify({ Status: response.req.headers['status'] }))
  expect((await Promise.all(asked)).every(Boolean)).toBe(true)
})

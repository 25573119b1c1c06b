/** What the server of the demo page keeps, and what it lets go of. */
import { describe, expect, it } from 'vitest'
import { FailedCalls } from '../../examples/demo/page/failed-calls.ts'
import { Ring } from '../../examples/demo/page/ring.ts'
import { Stream } from '../../examples/demo/page/stream.ts'
import type { ReceivedSpan } from '../../examples/otlp-receiver.ts'

describe('memory', () => {
  it('keeps the newest of a ring', () => {
    const ring = new Ring<number>(3)
    for (let i = 0; i < 100; i++) ring.push(i)
    expect(ring.entries).toEqual([97, 98, 99])
  })

  it('keeps failed calls of every category through a storm of one, and bounded', () => {
    const calls = new FailedCalls(['rate_limit', 'network'])
    const span = (category: string) =>
      ({ attributes: { 'mangopay.error.category': category } }) as unknown as ReceivedSpan
    calls.take([span('network')])
    const told = calls.take(Array.from({ length: 500 }, () => span('rate_limit')))
    expect(told).toHaveLength(5)
    expect(told.at(-1)?.id).toBe(501)
    for (let i = 0; i < 300; i++) calls.take([span(`made up ${i}`)])
    expect(calls.newest.filter(({ category }) => category === 'network')).toHaveLength(1)
    expect(calls.newest.length).toBeLessThanOrEqual(75)
  })

  it('lets go of a tab that does not listen', () => {
    const stream = new Stream()
    const written: string[] = []
    let destroyed = false
    const slow = {
      writableLength: 0,
      on: () => {},
      writeHead: () => {},
      write: (text: string) => written.push(text),
      end: () => {},
      destroy: () => {
        destroyed = true
      },
    }
    stream.add(slow as unknown as Parameters<Stream['add']>[0], {} as Parameters<Stream['add']>[1])
    stream.publish('problem', 'one\ntwo')
    expect(written.at(-1)).toBe('event: problem\ndata: "one\\ntwo"\n\n')
    slow.writableLength = 10_000_000
    stream.publish('problem', 'three')
    expect(destroyed).toBe(true)
    stream.end()
  })
})

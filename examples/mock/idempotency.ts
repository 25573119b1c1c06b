import { type Answer, type AnswerContext, apiError, json } from './answers.ts'

/** An idempotency key blocks a second call for this long. */
const DAY = 86_400_000

/** What a first call with a key was answered, as `GET /responses/{key}` tells it. */
interface Stored {
  time: number
  answer: Answer
  target: string
}

/** Idempotency keys: the first call with a key is done, the next ones are refused for 24 h and not replayed. */
export class Idempotency {
  readonly #stored = new Map<string, Stored>()

  /** 409 for a key of the last 24 h, 400 for a malformed one, undefined for a call that may go on. */
  refuse(key: string | undefined, context: AnswerContext): Answer | undefined {
    if (key === undefined) return undefined
    if (!/^[A-Za-z0-9-]{16,36}$/.test(key)) return apiError(400, context, 'The idempotency key is malformed')
    return this.#find(key, context.now) ? apiError(409, context) : undefined
  }

  /** Keeps the answer of a POST, most errors included; a refused repetition does not replace the first answer. */
  keep(key: string | undefined, answer: Answer, { target }: { target: string }, now: number): void {
    // A redirect has done nothing yet; the request comes again with the same key. A 429 was never let in: whether the
    // real one keeps its key is not established, but here all 429s are alike, by the quota and by a fault.
    const undone = (answer.status >= 300 && answer.status < 400) || answer.status === 429
    if (key === undefined || undone || this.#find(key, now)) return
    this.#stored.set(key, { time: now, answer, target })
    for (const [old, { time }] of this.#stored) {
      // Oldest first: stop at the first that still counts.
      if (time > now - DAY) break
      this.#stored.delete(old)
    }
  }

  /** The answer of `GET /responses/{key}`: 200 around whatever the first call was answered. */
  response(key: string | undefined, context: AnswerContext): Answer {
    const found = key === undefined ? undefined : this.#find(key, context.now)
    if (!found) {
      return json(400, {
        Message: 'The correlation id does not exist',
        Type: 'correlationid_not_found',
        Id: context.errorId,
        Date: Math.floor(context.now / 1_000),
        errors: null,
      })
    }
    const { answer, time, target } = found
    return json(200, {
      StatusCode: String(answer.status),
      ContentLength: String(Buffer.byteLength(answer.body)),
      ContentType: answer.headers['Content-Type'] ?? '',
      Date: new Date(time).toUTCString(),
      RequestURL: `https://api.sandbox.mangopay.com${target}`,
      Resource:
        answer.body === '' || !/json/.test(answer.headers['Content-Type'] ?? '') ? null : JSON.parse(answer.body),
    })
  }

  #find(key: string, now: number): Stored | undefined {
    const found = this.#stored.get(key)
    return found && found.time > now - DAY ? found : undefined
  }
}

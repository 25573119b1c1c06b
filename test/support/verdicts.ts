import { type Evidence, judge, type Verdict } from '../../src/outcome/outcome.ts'

/** A call that has ended, all in one. */
export type Ending = Evidence & { write: boolean; token: boolean }

/** A read that was answered 200, but for what is given. */
export function verdictOf(ending: Partial<Ending>): Verdict {
  const { write = false, token = false, failure, sca = false } = ending
  const status = 'status' in ending ? ending.status : 200
  return judge({ write, operation: { token }, status, failure, sca })
}

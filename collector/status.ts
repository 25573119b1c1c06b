/** The status of the answer, as the old or the stable conventions carry it. */
import { and, attribute, isMissing, isThere, matches, or, set, temporary, variable } from './ottl.ts'

/** The status: an integer from 100 to 599. Also the label of the counter. */
export const STATUS = temporary('status')
/** `true` where a status came that is none of HTTP. */
export const INVALID_STATUS = temporary('invalid_status')

const GIVEN = `Coalesce([${attribute('http.response.status_code')}, ${attribute('http.status_code')}])`
/** Whether an answer came, whatever its status. */
export const IS_ANSWERED = or(`IsInt(${GIVEN})`, `IsDouble(${GIVEN})`, and(`IsString(${GIVEN})`, `${GIVEN} != ""`))
const NUMBER = variable('status')

export const statusStatements: readonly string[] = [
  set(NUMBER, GIVEN, `IsInt(${GIVEN})`),
  set(NUMBER, `Int(String(${GIVEN}))`, isMissing(NUMBER), isThere(GIVEN), matches(`String(${GIVEN})`, '^[0-9]{1,9}$')),
  set(STATUS, NUMBER, isThere(NUMBER), `${NUMBER} >= 100`, `${NUMBER} <= 599`),
  set(INVALID_STATUS, 'true', isMissing(STATUS), IS_ANSWERED),
]

import * as names from '../names.ts'

/** Why a payment, or what it needs, failed: a value of `mangopay.result.category`. */
export type ResultCategory =
  | 'bank_refused'
  | 'payment_method'
  | 'authentication'
  | 'abandoned'
  | 'risk'
  | 'verification'
  | 'balance'
  | 'invalid_request'
  | 'technical'
  | 'unknown'

/**
 * Every documented result code that tells of a failure, by its category. Source: Mangopay's documentation, "Error
 * codes" (state of November 2025), 179 codes. The categories are ours, by who should look: Mangopay calls its own groups
 * indicative. The list grows (it had 112 codes in 2020), so a code that is not here is nothing unusual.
 */
const CODES: Readonly<Record<Exclude<ResultCategory, 'unknown'>, readonly string[]>> = {
  bank_refused: [
    '001830 001831 009499 101101 101102 101103 101104 101110 101111 101112 101113 101115 101116 101199',
    '121001 201001 201002 206108 206109',
  ],
  payment_method: [
    '001599 001801 001802 001803 001806 001833 001835 101025 101105 101106 101119 101410 101699 105101',
    '105102 105103 105104 105202 105203 105204 105299 121006 121012 121030 130007 130009 201005 201052',
    '201053 206103',
  ],
  authentication: ['007101 007102 008511 008515 101301 101302 101303 101304 101305 101399 206104 206105 206106 206107'],
  abandoned: [
    '001030 001031 001032 001033 001034 001804 001805 001807 001832 001834 101001 101002 101109 201003',
    '201004',
  ],
  risk: [
    '008001 008002 008003 008004 008005 008006 008007 008008 008500 008501 008502 008503 008504 008505',
    '008506 008507 008508 008509 008510 008512 008513 008514 008516 008517 008518 008519 008600 008700',
    '008999 121005 121010 130004 130011 201051',
  ],
  verification: ['002601 002602 002701 002702 002703 002704 002981 002996 002997 002998 002999 130003'],
  balance: ['001001 001003 004801 005405 121003'],
  invalid_request: [
    '001002 001011 001012 001013 001014 001015 001023 001024 001401 001403 001404 001405 001505 003010',
    '003011 003012 004803 005403 005404 005406 005407 005408 009103 101108 101118 105205 105206 105207',
    '121002 121004 121007 130001 130002 130005 130008 202001 205001 206101 206102 805001',
  ],
  technical: ['001999 004802 009101 009199 009999 121009 121999 130006 130010 809001'],
}

/** The code of success, and that of a mandate that was submitted: no failures. */
const NO_FAILURE = ['000000', '001836']

/** Every category, in the order of the documentation. */
export const RESULT_CATEGORIES: readonly ResultCategory[] = [
  ...(Object.keys(CODES) as ResultCategory[]),
  names.MANGOPAY_RESULT_CATEGORY_VALUE_UNKNOWN,
]

const CATEGORY_OF = new Map<string, ResultCategory>()
/** By the first four digits of a code: the category that all documented codes of the family share, else `unknown`. */
const CATEGORY_OF_FAMILY = new Map<string, ResultCategory>()

for (const [category, codes] of Object.entries(CODES) as [ResultCategory, readonly string[]][]) {
  for (const code of codes.join(' ').split(' ')) {
    CATEGORY_OF.set(code, category)
    const family = familyOf(code)
    const other = CATEGORY_OF_FAMILY.get(family)
    CATEGORY_OF_FAMILY.set(family, other === undefined || other === category ? category : 'unknown')
  }
}

function familyOf(code: string): string {
  return code.slice(0, 4)
}

/** Every documented code, those of success among them. */
export const RESULT_CODES: readonly string[] = [...NO_FAILURE, ...CATEGORY_OF.keys()]

const DOCUMENTED = new Set(RESULT_CODES)

/** Whether it is one of the documented codes. */
export const isDocumented = (code: string) => DOCUMENTED.has(code)

/** Whether a text has the shape of a result code: six digits. */
export function isResultCode(text: string): boolean {
  if (text.length !== 6) return false
  for (const character of text) if (character < '0' || character > '9') return false
  return true
}

/** Whether a code says that something failed. Codes that nobody knows yet do: Mangopay gives one to each way to fail. */
export const isFailure = (code: string) => !NO_FAILURE.includes(code)

/** The category of a failure. A code that is not documented has that of its family, if the family has a single one. */
export function categoryOf(code: string | undefined): ResultCategory {
  if (code === undefined) return 'unknown'
  return CATEGORY_OF.get(code) ?? CATEGORY_OF_FAMILY.get(familyOf(code)) ?? 'unknown'
}

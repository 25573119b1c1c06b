/** Answers with quota headers and without, as the two instrumentations hand them to a `responseHook`. */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

const now = Math.floor(Date.now() / 60_000) * 60
const quota: readonly [string, string][] = [
  ['X-RateLimit', '6, 15, 100, 2000'],
  ['X-RateLimit-Remaining', '2294, 4485, 8700, 103600'],
  ['X-RateLimit-Reset', [900, 1_800, 3_600, 86_340].map((window) => now + window).join(', ')],
]
const others: readonly [string, string][] = [
  ['Date', new Date(now * 1000).toUTCString()],
  ['Content-Type', 'application/json; charset=utf-8'],
  ['Content-Length', '482'],
  ['Connection', 'keep-alive'],
  ['Server', 'APISIX'],
  ['Strict-Transport-Security', 'max-age=31536000'],
]

/** What an answer carries: all its headers, four windows of quota among them, or none at all. */
export type Carried = 'quota' | 'nothing'

/** A pay-in as Mangopay answers with one, of 1.5 kB. */
const payIn = Buffer.from(
  JSON.stringify({
    Id: 'payin_m_01J82SPSKW53XZM936PDVN76W0',
    Tag: 'order 1234',
    CreationDate: now,
    AuthorId: 'user_m_01J82SPSKW53XZM936PDVN76W0',
    CreditedUserId: 'user_m_01J82SPSKW53XZM936PDVN76W0',
    DebitedFunds: { Currency: 'EUR', Amount: 4200 },
    CreditedFunds: { Currency: 'EUR', Amount: 4158 },
    Fees: { Currency: 'EUR', Amount: 42 },
    Status: 'FAILED',
    ResultCode: '101101',
    ResultMessage: 'Transaction refused by the bank (Do not honor)',
    ExecutionDate: now,
    Type: 'PAYIN',
    Nature: 'REGULAR',
    CreditedWalletId: 'wlt_m_01J82SPSKW53XZM936PDVN76W0',
    DebitedWalletId: null,
    PaymentType: 'CARD',
    ExecutionType: 'DIRECT',
    SecureMode: 'DEFAULT',
    CardId: 'card_m_vHrtUIVelDzkPmdL',
    SecureModeNeeded: false,
    Culture: 'FR',
    SecurityInfo: { AVSResult: 'NO_CHECK' },
    StatementDescriptor: 'shop',
    BrowserInfo: {
      AcceptHeader: 'text/html, application/xhtml+xml, application/xml;q=0.9, /;q=0.8',
      JavaEnabled: true,
      Language: 'FR-FR',
      ColorDepth: 4,
      ScreenHeight: 1800,
      ScreenWidth: 400,
      TimeZoneOffset: '+60',
      UserAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 13_6_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
    },
    IpAddress: '2001:0620:0000:0000:0211:24FF:FE80:C12C',
    Billing: {
      FirstName: 'Ada',
      LastName: 'Invented',
      Address: { AddressLine1: '1 rue', City: 'Paris', Country: 'FR' },
    },
    Applied3DSVersion: 'V2_1',
    CardInfo: { BIN: '497010', IssuingBank: 'Bank', IssuerCountryCode: 'FR', Type: 'DEBIT', Brand: 'VISA' },
  }),
)
const bodies = { plain: payIn, gzip: gzipSync(payIn) } as const

/** A message whose body comes after the hook was called, and what makes it come, as the parser does. */
export function bodyAnswer(encoding: keyof typeof bodies): () => { message: IncomingMessage; arrive: () => void } {
  const make = nodeAnswer('nothing')
  const body = bodies[encoding]
  const rawHeaders = [
    'Content-Length',
    String(body.length),
    ...(encoding === 'gzip' ? ['Content-Encoding', 'gzip'] : []),
  ]
  return () => {
    const message = make()
    message.rawHeaders = rawHeaders
    const arrive = () => {
      message.push(body)
      message.push(null)
    }
    return { message, arrive }
  }
}

/** A message of `node:http`: headers joined, one message for each call. */
export function nodeAnswer(carried: Carried): () => IncomingMessage {
  const socket = new Socket()
  const carriedHeaders = carried === 'quota' ? [...others, ...quota] : []
  const raw = carriedHeaders.flat()
  const headers = Object.fromEntries(carriedHeaders.map(([name, value]) => [name.toLowerCase(), value]))
  return () => {
    const message = new IncomingMessage(socket)
    message.rawHeaders = raw
    message.headers = headers
    message.statusCode = 200
    message.complete = true
    return message
  }
}

/** What undici's diagnostics channel hands out: one pair of buffers for each line. */
export function undiciAnswer(carried: Carried): () => {
  request: object
  response: { statusCode: number; headers: Buffer[] }
} {
  const lines = [
    ...others,
    ...quota.flatMap(([name, joined]) => joined.split(', ').map((value) => [name, value] as const)),
  ]
  const headers = carried === 'quota' ? lines.flat().map((text) => Buffer.from(text)) : []
  return () => ({ request: {}, response: { statusCode: 200, headers } })
}

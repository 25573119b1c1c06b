import type { PaymentLine, Payments } from '../wire.ts'
import { byId, cell, el, setText } from './dom.ts'
import { count, counted } from './format.ts'

const STATES: Readonly<Record<Payments['state'], string>> = {
  equal: '✓ Counts agree',
  explained: '✓ Counts add up',
  settling: 'Comparing',
  differs: '✗ COUNTS DIFFER',
}

const WORDS: Readonly<Record<string, string>> = {
  card_registration: 'card registrations',
  pay_in: 'pay-ins',
  payout: 'payouts',
  transfer: 'transfers',
  acknowledged: 'acknowledged',
  late: 'answered too late',
  refused: 'refused',
  PAYIN_NORMAL_FAILED: 'told of a failed pay-in',
  PAYOUT_NORMAL_FAILED: 'told of a failed payout',
}

const NONE: Payments = { results: [], deliveries: [], ends: [], waiting: 0, isInvalid: false, state: 'settling' }

/** What makes the library's count the server's: under way, or late on its way there and taken for in time. */
const rest = ({ library, server }: PaymentLine, state: Payments['state']): string =>
  state !== 'explained' || library === server
    ? ''
    : `${library < server ? '+' : '−'} ${count(Math.abs(server - library))}`

/** The two counts of a line, the server's in red while it is another. */
const counts = (line: PaymentLine, state: Payments['state']): HTMLTableCellElement[] => [
  el('td', { class: 'number' }, count(line.library), el('span', { class: 'way', text: rest(line, state) })),
  cell(count(line.server), state === 'differs' && line.library !== line.server ? 'number differs' : 'number'),
]

const name = (what: string) => el('td', {}, WORDS[what] ?? what)

/** Shows what became of payments, as answers and as notifications tell it, on both sides. */
export const showPayments = (payments = NONE): void => {
  const { results, deliveries, ends, why, waiting, lateOnTheWay = 0, isInvalid, state } = payments
  byId('payments').dataset['state'] = state
  setText(byId('payments-state'), STATES[state])
  byId('payment-rows').replaceChildren(
    ...results.map((line) =>
      el(
        'tr',
        { attributes: { 'data-result': line.what } },
        name(line.what),
        ...counts(line, state),
        ...counts(line.failed, state),
      ),
    ),
  )
  byId('delivery-rows').replaceChildren(
    ...[...deliveries, ...ends].map((line) =>
      el('tr', { attributes: { 'data-notifications': line.what } }, name(line.what), ...counts(line, state)),
    ),
  )
  const notes = [
    ...(why === undefined
      ? []
      : [`Most seen in failed answers: code ${why.code}, ${why.words} (${count(why.count)}).`]),
    ...(lateOnTheWay > 0
      ? [`The app answered ${count(lateOnTheWay)} in time, but too late for the server: this machine is busy.`]
      : []),
    ...(ends.some(({ what, server }) => what === 'PAYOUT_NORMAL_FAILED' && server > 0)
      ? ['Why a payout failed is in no notification: the payout itself has the code.']
      : []),
    ...(isInvalid ? ['Mangopay has disabled the hook: nothing is sent any more.'] : []),
    ...(waiting > 0 && !isInvalid ? [`${counted(waiting, 'notification')} under way or to be sent again.`] : []),
  ]
  const hasFailed = [...results.map(({ failed }) => failed), ...ends].some(({ server }) => server > 0)
  setText(
    byId('payments-note'),
    hasFailed || notes.length > 0 ? notes.join(' ') : 'No answered payment has failed so far.',
  )
}

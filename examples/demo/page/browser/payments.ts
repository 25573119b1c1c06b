import type { PaymentLine, Payments } from '../wire.ts'
import { byId, cell, el, setText } from './dom.ts'
import { count } from './format.ts'

const STATES: Readonly<Record<Payments['state'], string>> = {
  equal: '✓ Counts agree',
  explained: '✓ Counts agree',
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

/** The two counts of a line, the server's in red while it is another. */
const counts = ({ library, server }: PaymentLine, state: Payments['state']): HTMLTableCellElement[] => [
  cell(count(library), 'number'),
  cell(count(server), state === 'differs' && library !== server ? 'number differs' : 'number'),
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
      ? [`${count(lateOnTheWay)} the app answered in time, but too late for the server: this machine is busy.`]
      : []),
    ...(isInvalid ? ['Mangopay has disabled the hook: nothing is sent any more.'] : []),
    ...(waiting > 0 && !isInvalid ? [`${count(waiting)} notifications are under way or to be sent again.`] : []),
  ]
  const hasFailed = [...results.map(({ failed }) => failed), ...ends].some(({ server }) => server > 0)
  setText(byId('payments-note'), hasFailed || notes.length > 0 ? notes.join(' ') : 'No payment has failed so far.')
}

import type { StoryEvent } from '../wire.ts'
import { byId, el } from './dom.ts'
import { clock } from './format.ts'
import { runbookLink } from './stories.ts'

const item = ({ time, callback, state, text, alert, urgency }: StoryEvent): HTMLLIElement =>
  el(
    'li',
    { class: state },
    el(
      'p',
      { class: 'meta' },
      el('time', { text: clock(time) }),
      el('span', { class: 'callback', text: callback }),
      el('b', { text: state }),
      el('span', { text: `· ${urgency}` }),
    ),
    el('p', { text }),
    el('p', { class: 'meta' }, runbookLink(alert)),
  )

/** Shows the library's events, newest first. */
export const showEvents = (events: readonly StoryEvent[]): void => {
  const items = events.map(item).toReversed()
  const none = el('li', { class: 'empty', text: 'None yet: nothing is frequent and no quota is low.' })
  byId('events').replaceChildren(...(items.length > 0 ? items : [none]))
}

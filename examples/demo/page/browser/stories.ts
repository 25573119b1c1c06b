import type { Hello, Story, StoryEvent } from '../wire.ts'
import { byId, el, runbookLink, setText } from './dom.ts'
import { clock } from './format.ts'

const PAUSED =
  'Paused: no new calls are made. When the last ones have ended, library and server show the same counts. Press P to go on.'

/**
 * The buttons that start a story, by mouse and by key, what it is about, and the events so far.
 *
 * @param send Makes a control call.
 */
export const startStories = (send: (path: '/play' | '/pause' | '/resume', body?: unknown) => void) => {
  const pause = byId('pause')
  let stories: readonly Story[] = []
  let isPaused = false

  const play = ({ name }: Story) => send('/play', { scenario: name })
  const toggle = () => send(isPaused ? '/resume' : '/pause')
  pause.addEventListener('click', toggle)
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (event.target instanceof HTMLSelectElement) return
    const story = stories.find(({ key }) => key === event.key.toLowerCase())
    if (story) play(story)
    else if (event.key.toLowerCase() === 'p') toggle()
  })

  const makeButtons = () => {
    const items = stories.map((story) => {
      const attributes = { type: 'button', 'data-story': story.name }
      const parts = [el('kbd', { text: story.key.toUpperCase() }), el('span', { text: story.title })]
      return el('li', {}, el('button', { class: 'story', attributes, onClick: () => play(story) }, ...parts))
    })
    byId('stories').replaceChildren(...items)
  }

  /** Shows which story is played, and whether it is paused. */
  return (hello: Hello): void => {
    const { name, isPaused: now } = hello.playing
    isPaused = now
    if (JSON.stringify(hello.stories) !== JSON.stringify(stories)) {
      stories = hello.stories
      makeButtons()
    }
    const current = stories.find((story) => story.name === name)
    for (const button of document.querySelectorAll<HTMLElement>('[data-story]')) {
      button.setAttribute('aria-pressed', String(button.dataset['story'] === name))
    }
    pause.setAttribute('aria-pressed', String(isPaused))
    setText(pause.querySelector('span') ?? pause, isPaused ? 'Go on' : 'Pause')
    document.body.dataset['about'] = current?.about ?? 'calls'
    setText(byId('now-title'), current?.title ?? '')
    setText(byId('look'), isPaused ? PAUSED : (current?.look ?? ''))
    setText(byId('todo'), current?.todo ?? '')
    const alerts = current?.alerts ?? []
    byId('alerts').replaceChildren(
      ...(alerts.length > 0 ? ['In production these alerts fire, some only after minutes: '] : []),
      ...alerts.map(runbookLink),
    )
  }
}

const item = ({ time, source, state, headline, text, alert, urgency }: StoryEvent): HTMLLIElement => {
  const does = urgency === 'page' ? 'Wakes somebody' : 'Opens a ticket'
  const title = state === 'ended' ? `Over: ${headline}` : `${headline.slice(0, 1).toUpperCase()}${headline.slice(1)}`
  return el(
    'li',
    { class: `${state} ${urgency}` },
    el('p', { class: 'headline' }, el('time', { text: clock(time) }), el('b', { text: title })),
    el('p', { text }),
    el('p', { class: 'meta', text: `${state === 'started' ? does : 'Ends the alert'} · ${source}` }),
    el('p', { class: 'meta' }, runbookLink(alert)),
  )
}

/** Shows the events of the story, newest first. */
export const showEvents = (events: readonly StoryEvent[]): void => {
  const none = el('li', {
    class: 'empty',
    text: 'No event so far. One comes when errors get frequent, a quota runs low, or payments fail.',
  })
  const newestFirst = events.toSorted((a, b) => b.time - a.time)
  byId('events').replaceChildren(...(events.length > 0 ? newestFirst.map(item) : [none]))
}

import type { Mark, Story } from '../wire.ts'
import { control } from './connection.ts'
import { byId, el, setText } from './dom.ts'
import { showProblem } from './problem.ts'

/** Where an alert is explained. */
export const runbookLink = (alert: string): HTMLAnchorElement =>
  el('a', {
    text: alert,
    title: `docs/runbook.md#${alert.toLowerCase()}`,
    attributes: { href: `/runbook#${alert.toLowerCase()}`, target: '_blank', rel: 'noopener' },
  })

/** The buttons that start a scenario, by mouse and by key; returns what shows the ones there are, and the one played. */
export const startStories = (): {
  show: (stories: readonly Story[]) => void
  played: (mark: Mark | undefined) => void
} => {
  let stories: readonly Story[] = []
  const buttons = new Map<string, HTMLButtonElement>()
  const pauseButton = byId('pause')

  const send = (path: '/play' | '/pause', body: unknown) => {
    control(path, body).then(
      () => showProblem(undefined),
      (error) => showProblem(`The scenario could not be changed: ${error instanceof Error ? error.message : error}`),
    )
  }
  const play = (story: Story) => send('/play', { scenario: story.name })
  const pause = () => send('/pause', {})
  pauseButton.addEventListener('click', pause)
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (event.target instanceof HTMLSelectElement) return
    const story = stories.find(({ key }) => key === event.key)
    if (story) play(story)
    else if (event.key.toLowerCase() === 'p') pause()
  })

  return {
    show: (all) => {
      if (JSON.stringify(all) === JSON.stringify(stories)) return
      stories = all
      buttons.clear()
      const items = all.map((story) => {
        const button = el(
          'button',
          { class: 'story', attributes: { type: 'button', 'aria-pressed': 'false' }, onClick: () => play(story) },
          el('kbd', { text: story.key }),
          el('span', { text: story.title }),
        )
        buttons.set(story.name, button)
        return el('li', {}, button)
      })
      byId('stories').replaceChildren(...items)
    },
    played: (mark) => {
      const current = stories.find(({ name }) => name === mark?.scenario)
      for (const [name, button] of buttons) button.setAttribute('aria-pressed', String(name === current?.name))
      pauseButton.setAttribute('aria-pressed', String(mark !== undefined && current === undefined))
      setText(
        byId('look'),
        current?.look ?? 'No more calls are made. Once nothing is in flight, both sides of the strip must be equal.',
      )
      const alerts = byId('alerts')
      if (!current) alerts.replaceChildren()
      else if (current.alerts.length === 0)
        alerts.replaceChildren(document.createTextNode('No alert of the rules file fires.'))
      else alerts.replaceChildren(document.createTextNode('Alerts that tell it: '), ...current.alerts.map(runbookLink))
    },
  }
}

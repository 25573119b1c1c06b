/** The script of the demo page: listens to the server and shows what it says. */
import { PANELS, type PanelName } from '../../../../dashboards/palette.ts'
import type { Hello, Sample, StoryEvent, Tick } from '../wire.ts'
import { showOperations, showUnknown, startFailing } from './calls.ts'
import type { Chart } from './chart.ts'
import { makeCharts } from './charts.ts'
import { connect, control, type Link } from './connection.ts'
import { byId, setText } from './dom.ts'
import { showPayments } from './payments.ts'
import { showEvents, startStories } from './stories.ts'
import { startTiles } from './tiles.ts'
import { startTruth } from './truth.ts'

/** As much as the server keeps. */
const KEEP = { samples: 300, events: 50 } as const

const LINKS: Readonly<Record<Link, string>> = {
  live: 'live',
  silent: 'no new data from the app',
  lost: 'disconnected, reconnecting',
}

/** What is wrong: the last error of the page itself, of a control call, and of the server. A silent demo proves nothing. */
const problems: { [whose in 'own' | 'control' | 'server']?: string | undefined } = {}
const setProblem = (whose: keyof typeof problems, text: string | undefined) => {
  problems[whose] = text
  const banner = byId('problem')
  setText(banner, [problems.own, problems.control, problems.server].filter((each) => each !== undefined).join(' '))
  banner.hidden = banner.textContent === ''
}
addEventListener('error', ({ message }) => setProblem('own', `This page has an error: ${message}.`))
addEventListener('unhandledrejection', ({ reason }) => setProblem('own', `This page has an error: ${reason}.`))

for (const title of document.querySelectorAll<HTMLElement>('h2[data-panel]')) {
  title.textContent = PANELS[title.dataset['panel'] as PanelName].title
}

// What scrolls must be reachable by key, in browsers that do not see to it themselves as well.
byId('events').tabIndex = 0

const showStory = startStories((path, body) => {
  control(path, body).then(
    () => setProblem('control', undefined),
    (error) =>
      setProblem('control', `The story could not be changed: ${error instanceof Error ? error.message : error}.`),
  )
})
const failing = startFailing()
const showTiles = startTiles()
const showTruth = startTruth()
let charts: readonly Chart[] = []
let hello: Hello | undefined
let history: Sample[] = []
let events: StoryEvent[] = []

const showTick = (tick: Tick | undefined) => {
  if (!hello) return
  showTiles(tick?.tiles, hello.limits)
  showTruth(tick?.truth)
  showPayments(tick?.payments)
  showOperations(tick?.operations ?? [])
  showUnknown(tick?.unknownOutcomes ?? 0)
  failing.show()
  const totals = tick?.totals ?? { categories: {}, statuses: {} }
  for (const chart of charts) chart.show({ since: hello.playing.since, history, totals })
}

connect(
  {
    hello: (all) => {
      if (!hello) charts = makeCharts(all.limits, failing.only)
      hello = all
      history = [...all.history]
      events = [...all.events]
      showStory(all)
      failing.begin(all.categories, all.failed)
      showEvents(events)
      setProblem('server', all.problem)
      showTick(all.tick)
    },
    tick: (tick) => {
      history.push(tick.sample)
      if (history.length > KEEP.samples) history.shift()
      showTick(tick)
    },
    event: (event) => {
      events = [...events, event].slice(-KEEP.events)
      showEvents(events)
    },
    failed: failing.add,
  },
  (link) => {
    document.body.dataset['link'] = link
    setText(byId('connection'), LINKS[link])
  },
)

/** The button that goes from system to light to dark. */
const THEMES = ['system', 'light', 'dark'] as const
const theme = byId('theme')
const kept = (): string | null => {
  // Where the browser keeps nothing for us, the choice lasts as long as the page.
  try {
    return localStorage.getItem('theme')
  } catch {
    return null
  }
}
let choice = THEMES.find((each) => each === kept()) ?? 'system'
const applyTheme = () => {
  document.documentElement.dataset['theme'] = choice
  setText(theme, `Theme: ${choice}`)
  for (const chart of charts) chart.redraw()
}
theme.addEventListener('click', () => {
  choice = THEMES[(THEMES.indexOf(choice) + 1) % THEMES.length] ?? 'system'
  try {
    localStorage.setItem('theme', choice)
  } catch {
    // Not kept, that is all.
  }
  applyTheme()
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme)
applyTheme()

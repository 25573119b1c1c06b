/** The script of the demo page: listens to the server and shows what it says. */
import { PANELS, type PanelName } from '../../../../dashboards/palette.ts'
import type { FailedCall, Hello, Mark, Sample, StoryEvent, Tick } from '../wire.ts'
import type { Chart } from './chart.ts'
import { makeCharts } from './charts.ts'
import { connect, type Link } from './connection.ts'
import { byId, setText } from './dom.ts'
import { showEvents } from './events.ts'
import { startFailing } from './failing.ts'
import { showOperations } from './operations.ts'
import { showProblem, watchProblems } from './problem.ts'
import { startStories } from './stories.ts'
import { startTheme } from './theme.ts'
import { startTiles } from './tiles.ts'
import { startTruth } from './truth.ts'

/** As much as the server keeps. */
const KEEP = { samples: 300, marks: 50, events: 50 } as const

const LINKS: Readonly<Record<Link, string>> = {
  live: 'live',
  silent: 'no new data from the app',
  lost: 'disconnected, reconnecting',
}

watchProblems()
for (const title of document.querySelectorAll<HTMLElement>('h2[data-panel]')) {
  title.textContent = PANELS[title.dataset['panel'] as PanelName].title
}
// What scrolls must be reachable by key, in browsers that do not see to it themselves as well.
for (const scroller of document.querySelectorAll<HTMLElement>('.scroll, #events')) scroller.tabIndex = 0
const stories = startStories()
const failing = startFailing()
const showTiles = startTiles()
const showTruth = startTruth()
let hello: Hello | undefined
let charts: readonly Chart[] = []
let keys: ReadonlyMap<string, string> = new Map()
let history: Sample[] = []
let marks: Mark[] = []
let events: StoryEvent[] = []
startTheme(() => {
  for (const chart of charts) chart.redraw()
})

const showTick = ({ tiles, truth, operations }: Tick) => {
  if (!hello) return
  showTiles(tiles, hello.limits)
  if (truth) showTruth(truth)
  showOperations(operations)
  failing.show()
  for (const chart of charts) chart.show(history, marks, keys)
}

const begin = (all: Hello) => {
  if (!hello) charts = makeCharts(all.limits, failing.only)
  hello = all
  history = [...all.history]
  marks = [...all.marks]
  events = [...all.events]
  keys = new Map(all.stories.map(({ name, key }) => [name, key]))
  stories.show(all.stories)
  stories.played(marks.at(-1))
  failing.categories(all.categories)
  failing.clear()
  failing.add(all.failed)
  showEvents(events)
  showProblem(all.problem)
  if (all.tick) showTick(all.tick)
}

connect(
  {
    hello: begin,
    tick: (tick) => {
      history.push(tick.sample)
      if (history.length > KEEP.samples) history.shift()
      showTick(tick)
    },
    mark: (mark) => {
      marks = [...marks, mark].slice(-KEEP.marks)
      stories.played(mark)
    },
    story: (event) => {
      events = [...events, event].slice(-KEEP.events)
      showEvents(events)
    },
    failed: (calls: readonly FailedCall[]) => failing.add(calls),
    problem: showProblem,
  },
  (link) => {
    document.body.dataset['link'] = link
    setText(byId('connection'), LINKS[link])
  },
)

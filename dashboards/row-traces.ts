/** Traces: show me one. */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_MANGOPAY_ERROR_CATEGORY,
  ATTR_MANGOPAY_OPERATION,
  ATTR_MANGOPAY_OUTCOME,
} from '../src/names.ts'
import { SPAN, spans } from './links.ts'
import { CATEGORY_COLOURS, type PanelName } from './palette.ts'
import { type About, colouredWhere, describe, stackedBars, thresholds } from './panels.ts'
import { spanList, spanMetric } from './targets.ts'

const SAMPLED =
  'A list of examples: at most 50, and only what was sampled and is still kept. Counts come from the metrics above.'
const EMPTY = 'No such span: none happened, none was sampled, or no Tempo is chosen above'

/** A column: its title, the attribute it is selected by where it is one, and how wide it is. */
type Column = readonly [title: string, from: string, width: number]

/** What Tempo's table of spans calls its own columns. */
const START: Column = ['Start', 'Start time', 170]
const DURATION: Column = ['Duration', 'Duration', 90]
const SPAN_ID: Column = ['Span ID', 'Span ID', 140]
const SERVICE: Column = ['Service', 'Trace Service', 150]
const CATEGORY: Column = ['Category', ATTR_MANGOPAY_ERROR_CATEGORY, 150]
const OPERATION: Column = ['Operation', ATTR_MANGOPAY_OPERATION, 260]
const STATUS: Column = ['Status', ATTR_HTTP_RESPONSE_STATUS_CODE, 70]
const OUTCOME: Column = ['Outcome', ATTR_MANGOPAY_OUTCOME, 90]
/** The operation says it better. */
const LEFT_OUT = ['Trace Name', 'Name']

const spanTable = (
  name: PanelName,
  about: About,
  columns: readonly Column[],
  ...conditions: readonly string[]
): Table => {
  const attributes = columns.flatMap(([, from]) => (/^(mangopay|http)\./.test(from) ? [`span.${from}`] : []))
  const places = [...columns.map(([, from]) => from), ...LEFT_OUT]
  const panel = describe(new Table(), name, about, 'tempo')
    .thresholds(thresholds('text'))
    .targets([
      spanList(
        'A',
        // Newest first: without this Tempo gives what it finds first, of any age.
        `${spans(SPAN.environment, SPAN.operationChosen, ...conditions)} | select(${attributes.join(', ')}) with (most_recent=true)`,
      ),
    ])
    .transformations([
      {
        id: 'organize',
        options: {
          excludeByName: Object.fromEntries(LEFT_OUT.map((from) => [from, true])),
          includeByName: {},
          indexByName: Object.fromEntries(places.map((from, index) => [from, index])),
          renameByName: Object.fromEntries(columns.map(([title, from]) => [from, title])),
        },
      },
    ])
    // Of a cell; the text for an empty table is the panel's.
    .overrideByRegexp('/.*/', [{ id: 'noValue', value: '–' }])
    // A helper column of the data source, of no use to a reader.
    .overrideByRegexp('/traceIdHidden/', [{ id: 'custom.hidden', value: true }])
  return columns.reduce(
    (result, [title, , width]) => result.overrideByName(title, [{ id: 'custom.width', value: width }]),
    panel,
  )
}

const failingCalls = () =>
  spanTable(
    'failingCalls',
    {
      asks: 'What does a failing call look like?',
      means: SAMPLED,
      advice:
        'Newest first. Click a Span ID to open its trace: the span has the category, whether a retry can help, and what called it.',
      empty: EMPTY,
      unit: 'short',
      width: 24,
      height: 9,
    },
    [START, CATEGORY, OPERATION, STATUS, OUTCOME, SERVICE, DURATION, SPAN_ID],
    SPAN.failed,
  )

const slowCalls = () =>
  spanTable(
    'slowCalls',
    {
      asks: 'What does a slow call look like?',
      means: `Calls of more than a second, failed or not. ${SAMPLED}`,
      advice:
        'Newest first. Click a Span ID to open its trace and see whether Mangopay was slow or our own code before and after it.',
      empty: EMPTY,
      unit: 'short',
      width: 12,
      height: 9,
    },
    [
      DURATION,
      ['Operation', ATTR_MANGOPAY_OPERATION, 170],
      ['Start', 'Start time', 150],
      STATUS,
      ['Span ID', 'Span ID', 110],
    ],
    SPAN.slowerThan('1s'),
  )

const errorsFromTraces = () =>
  colouredWhere(
    stackedBars(
      'errorsFromTraces',
      {
        asks: 'Do the traces tell the same story as the metrics?',
        means:
          'Failing spans per minute by category, counted by Tempo. Lower than "Errors by category" by the share that sampling leaves out; it works without any metrics pipeline.',
        advice: 'Here something and above nothing: the metrics do not arrive, see "Telemetry health".',
        empty: EMPTY,
        unit: 'reqpm',
        width: 12,
        height: 9,
      },
      'names',
      'tempo',
    ),
    // Tempo writes the label's name around the value in some versions.
    Object.fromEntries(Object.entries(CATEGORY_COLOURS).map(([category, colour]) => [`/${category}/`, colour])),
  ).targets([
    spanMetric(
      'A',
      `${spans(SPAN.environment, SPAN.operationChosen, SPAN.failed)} | count_over_time() by (span.${ATTR_MANGOPAY_ERROR_CATEGORY})`,
    ),
  ])

/** The row's panels, in reading order. */
export const traces = (): Panel[] => [failingCalls().build(), slowCalls().build(), errorsFromTraces().build()]

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

/** Columns in the order in which they are read; Tempo's own come after. */
const COLUMNS = [
  ['Category', ATTR_MANGOPAY_ERROR_CATEGORY],
  ['Operation', ATTR_MANGOPAY_OPERATION],
  ['Status', ATTR_HTTP_RESPONSE_STATUS_CODE],
  ['Outcome', ATTR_MANGOPAY_OUTCOME],
] as const

const spanTable = (name: PanelName, about: About, ...conditions: readonly string[]): Table =>
  describe(new Table(), name, about, 'tempo')
    .thresholds(thresholds('text'))
    .targets([
      spanList(
        'A',
        `${spans(SPAN.environment, SPAN.operationChosen, ...conditions)} | select(${COLUMNS.map(([, attribute]) => `span.${attribute}`).join(', ')})`,
      ),
    ])
    .transformations([
      {
        id: 'organize',
        options: {
          excludeByName: {},
          includeByName: {},
          indexByName: Object.fromEntries(COLUMNS.map(([, attribute], index) => [attribute, index])),
          renameByName: Object.fromEntries(COLUMNS.map(([title, attribute]) => [attribute, title])),
        },
      },
    ])
    // Of a cell; the text for an empty table is the panel's.
    .overrideByRegexp('/.*/', [{ id: 'noValue', value: '–' }])
    // A helper column of the data source, of no use to a reader.
    .overrideByRegexp('/traceIdHidden/', [{ id: 'custom.hidden', value: true }])

const failingCalls = () =>
  spanTable(
    'failingCalls',
    {
      asks: 'What does a failing call look like?',
      means: SAMPLED,
      advice: 'Open a trace id: the span has the category, whether a retry can help, and what called it.',
      empty: EMPTY,
      unit: 'short',
      width: 24,
      height: 9,
    },
    SPAN.failed,
  )

const slowCalls = () =>
  spanTable(
    'slowCalls',
    {
      asks: 'What does a slow call look like?',
      means: `Calls of more than a second, failed or not. ${SAMPLED}`,
      advice: 'Open a trace id and see whether Mangopay was slow or our own code before and after it.',
      empty: EMPTY,
      unit: 'short',
      width: 12,
      height: 9,
    },
    SPAN.slowerThan('1s'),
  )

const errorsFromTraces = () =>
  colouredWhere(
    stackedBars(
      'errorsFromTraces',
      {
        asks: 'Do the traces tell the same story as the metrics?',
        means:
          'Failing spans per second by category, counted by Tempo. Lower than "Errors by category" by the share that sampling leaves out; it works without any metrics pipeline.',
        advice: 'Here something and above nothing: the metrics do not arrive, see "Telemetry health".',
        empty: EMPTY,
        unit: 'reqps',
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
      `${spans(SPAN.environment, SPAN.operationChosen, SPAN.failed)} | rate() by (span.${ATTR_MANGOPAY_ERROR_CATEGORY})`,
    ),
  ])

/** The row's panels, in reading order. */
export const traces = (): Panel[] => [failingCalls().build(), slowCalls().build(), errorsFromTraces().build()]

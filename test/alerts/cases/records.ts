/** Cases of the recording rules: what is counted, and which reading is believed. */

import { RECORDS } from '../../../alerts/records.ts'
import { LABEL } from '../../../alerts/spelling.ts'
import { calls, later, quota, type RecordCase } from './case.ts'

const count = `sum by (${LABEL.category}) (${RECORDS.calls})`
const limited = (value: number) => ({ labels: `{${LABEL.category}="rate_limit"}`, value })
const used15 = (value: number) => ({ labels: `{${LABEL.environment}="production", ${LABEL.window}="15m"}`, value })
const born = (values: string, instance = 'new') => calls(values, { status: 429, category: 'rate_limit', instance })
const bare = (metric: string): string => `sum by (${LABEL.environment}, ${LABEL.window}) (${metric})`

/** All cases of the recording rules. */
export const RECORD_CASES: readonly RecordCase[] = [
  {
    name: 'calls: what a series is born with counts, for five minutes',
    series: [born(later(80, '85+0x40'))],
    minute: 84,
    expr: count,
    samples: [limited(85)],
  },
  {
    name: 'calls: and then no more',
    series: [born(later(80, '85+0x40'))],
    minute: 86,
    expr: count,
    samples: [limited(0)],
  },
  {
    name: 'calls: its five points sum up to it over an hour',
    series: [born(later(80, '85+0x90'))],
    minute: 130,
    expr: `sum by (${LABEL.category}) (sum_over_time(${RECORDS.calls}[1h]) / 5)`,
    samples: [limited(85)],
  },
  {
    name: 'calls: a process that lives for one export',
    series: [born(later(80, '31 _x40'))],
    minute: 83,
    expr: count,
    samples: [limited(31)],
  },
  {
    name: 'calls: births and growth of many processes add up',
    series: [born(later(80, '10+0x40'), 'a'), born(later(81, '20+0x40'), 'b'), born('0+2x120', 'old')],
    minute: 83,
    expr: count,
    samples: [limited(40)],
  },
  {
    name: 'calls: a freshly started Prometheus takes nobody’s whole life for a burst',
    series: [born('100000+1x60')],
    minute: 3,
    expr: `${count} < bool 10`,
    samples: [limited(1)],
  },
  {
    name: 'calls: nor does one that gets its first data half an hour after its rules',
    series: [born(later(30, '100000+0x60'))],
    minute: 34,
    expr: count,
    samples: [limited(0)],
  },
  {
    name: 'calls: a process that comes back after two hours brings no burst',
    series: [born('500+0x30 _x120 700+0x60')],
    minute: 152,
    expr: count,
    samples: [limited(0)],
  },
  {
    name: 'calls: a counter that starts again in a running process counts from nothing',
    series: [born('0+2x30 0+2x30')],
    minute: 33,
    expr: `${count} > bool 7 and ${count} < 9`,
    samples: [limited(1)],
  },
  {
    name: 'used: the newest reading, not the fullest',
    series: [...quota('2290+0x60', { instance: 'idle', read: '60+0x60' }), ...quota('500+0x60', { instance: 'busy' })],
    minute: 30,
    expr: bare(RECORDS.usage),
    samples: [used15(500)],
  },
  {
    name: 'used: the fullest of those at most two minutes older than the newest',
    series: [
      ...quota('510+0x60', { instance: 'a', read: '-100+60x60' }),
      ...quota('500+0x60', { instance: 'b' }),
      ...quota('900+0x60', { instance: 'c', read: '-140+60x60' }),
    ],
    minute: 30,
    expr: bare(RECORDS.usage),
    samples: [used15(510)],
  },
  {
    name: 'limit: of the newest reading too',
    series: [
      ...quota('5+0x60', { instance: 'idle', limit: 9_999, read: '60+0x60' }),
      ...quota('500+0x60', { instance: 'busy' }),
    ],
    minute: 30,
    expr: bare(RECORDS.limit),
    samples: [used15(2_300)],
  },
  {
    name: 'utilization: two processes of one account are not added up',
    series: [...quota('1150+0x60', { instance: 'a' }), ...quota('1150+0x60', { instance: 'b' })],
    minute: 30,
    expr: bare(RECORDS.utilization),
    samples: [used15(0.5)],
  },
  {
    name: 'utilization: two accounts are two',
    series: [...quota('1150+0x60', { account: 'a' }), ...quota('460+0x60', { account: 'b' })],
    minute: 30,
    expr: `sum by (${LABEL.account}) (${RECORDS.utilization})`,
    samples: [
      { labels: `{${LABEL.account}="a"}`, value: 0.5 },
      { labels: `{${LABEL.account}="b"}`, value: 0.2 },
    ],
  },
  {
    name: 'forecast: calls of others keep an equal share leaving',
    series: [...quota('1150+0x90'), calls('0+1x90')],
    minute: 60,
    expr: bare(RECORDS.forecast),
    samples: [used15(0.5)],
  },
  {
    name: 'our own calls of a window: none before the rules have run for as long',
    series: [...quota('100+0x60'), calls('0+60x60')],
    minute: 12,
    expr: bare(RECORDS.ours),
    samples: [],
  },
  {
    name: 'forecast: all of the window’s calls are young, so none leaves yet',
    series: [...quota('0+0x49 0+60x12 720+0x20'), calls(later(50, '0+60x20'))],
    minute: 60,
    expr: `${bare(RECORDS.forecast)} > bool 0.5`,
    samples: [used15(0)],
  },
]

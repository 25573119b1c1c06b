/** What a query says, read by the parsers of Prometheus' and Grafana's own editors. */
import { parser as traceql } from '@grafana/lezer-traceql'
import { parser as promql } from '@prometheus-io/lezer-promql'

interface Parser {
  parse(text: string): {
    iterate(visit: { enter(node: { name: string; from: number; to: number; type: { isError: boolean } }): void }): void
  }
}

const nodes = (parser: Parser, text: string): { name: string; text: string; error: boolean }[] => {
  const found: { name: string; text: string; error: boolean }[] = []
  parser.parse(text).iterate({
    enter: ({ name, from, to, type }) => {
      found.push({ name, text: text.slice(from, to), error: type.isError })
    },
  })
  return found
}

/** Places where the parser gave up. */
export const mistakes = (language: 'promql' | 'traceql', text: string): string[] =>
  nodes(language === 'promql' ? promql : traceql, text)
    .filter(({ error }) => error)
    .map(({ text: place }) => `"${place}" in ${text}`)

/** Metric names and labels of a PromQL query; a name given as a regular expression is told as such. */
export const vocabulary = (
  expr: string,
): { metrics: string[]; patterns: string[]; labels: string[]; functions: string[] } => {
  const all = nodes(promql, expr)
  const matchers = all.filter(({ name }) => name === 'UnquotedLabelMatcher').map(({ text }) => text)
  const patterns = matchers.flatMap((matcher) => /^__name__=~"(.*)"$/.exec(matcher)?.[1] ?? [])
  return {
    metrics: all
      .filter(({ name }, index) => name === 'Identifier' && all[index - 1]?.name === 'VectorSelector')
      .map(({ text }) => text),
    patterns,
    labels: all.filter(({ name }) => name === 'LabelName').map(({ text }) => text),
    functions: all
      .filter(({ name }) => name === 'FunctionIdentifier' || name === 'AggregateOp')
      .map(({ text }) => text),
  }
}

/** Attributes of spans that a TraceQL query asks for. */
export const attributes = (query: string): string[] =>
  nodes(traceql, query)
    .filter(({ name }) => name === 'AttributeField')
    .map(({ text }) => text.replace(/^span\./, ''))

/** The part of Prometheus' HTTP API that the tests use. */

/** One series of an answer and its value. */
export interface Sample {
  labels: Record<string, string>
  value: number
}

/** A rule as Prometheus runs it. */
export interface LoadedRule {
  name: string
  type: 'alerting' | 'recording'
  health: 'ok' | 'unknown' | 'err'
  lastError?: string
  state?: 'inactive' | 'pending' | 'firing'
}

async function api(url: string, path: string, parameters: Record<string, string>): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) })
  const answer = (await response.json()) as { status: string; data: unknown; error?: string }
  if (answer.status !== 'success') throw new Error(`${answer.error}\n${JSON.stringify(parameters)}`)
  return answer.data
}

interface VectorOrScalar {
  resultType: 'vector' | 'scalar'
  result: { metric: Record<string, string>; value: [number, string] }[] | [number, string]
}

/** Evaluates an expression now, or at a time in seconds. */
export async function query(url: string, expression: string, time?: number): Promise<Sample[]> {
  const parameters = { query: expression, ...(time !== undefined && { time: String(time) }) }
  const { resultType, result } = (await api(url, 'query', parameters)) as VectorOrScalar
  if (resultType === 'scalar') return [{ labels: {}, value: Number((result as [number, string])[1]) }]
  return (result as { metric: Record<string, string>; value: [number, string] }[]).map(({ metric, value }) => ({
    labels: metric,
    value: Number(value[1]),
  }))
}

/** The only value of an expression; fails when there are none or several. */
export async function single(url: string, expression: string, time?: number): Promise<number> {
  const samples = await query(url, expression, time)
  const [first] = samples
  if (first === undefined || samples.length > 1) throw new Error(`${samples.length} values: ${expression}`)
  return first.value
}

/** A series of an answer over a span. */
export interface Range {
  labels: Record<string, string>
  values: { time: number; value: number }[]
}

/** Evaluates an expression over a span; all in seconds. */
export async function queryRange(
  url: string,
  expression: string,
  start: number,
  end: number,
  step: number,
): Promise<Range[]> {
  const parameters = { query: expression, start: String(start), end: String(end), step: String(step) }
  const { result } = (await api(url, 'query_range', parameters)) as {
    result: { metric: Record<string, string>; values: [number, string][] }[]
  }
  return result.map(({ metric, values }) => ({
    labels: metric,
    values: values.map(([time, value]) => ({ time, value: Number(value) })),
  }))
}

/** All loaded rules, in the order of the file. */
export async function loadedRules(url: string): Promise<LoadedRule[]> {
  const response = await fetch(`${url}/api/v1/rules`)
  const { data } = (await response.json()) as { data: { groups: { rules: LoadedRule[] }[] } }
  return data.groups.flatMap(({ rules }) => rules)
}

/** A span whose every text would be harmful if it were taken for HTML. */

/** The harmful text. */
export const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
/** The span, as OTLP in JSON. */
export const hostileSpan = () => {
  const time = `${Date.now()}000000`
  return {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    name: evil,
    kind: 3,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    status: { code: 2, message: evil },
    attributes: [
      text('mangopay.operation', `GET /${evil}`),
      text('mangopay.error.category', evil),
      text('mangopay.outcome', evil),
      text(evil, evil),
      text('__proto__', 'polluted'),
    ],
    events: [{ name: evil, attributes: [text('exception.message', evil)] }],
  }
}

import { randomUUID } from 'node:crypto'
import { type Env, textFrom } from './env.ts'
import type { Find } from './otlp.ts'

interface Resource {
  merge(other: Resource): Resource
}

/** What `register` uses of the resources package: functions since SDK 2.0, a class before. */
interface ResourcesSdk {
  detectResources?(options: object): Resource
  detectResourcesSync?(options: object): Resource
  readonly envDetector?: unknown
  readonly envDetectorSync?: unknown
  defaultResource?(): Resource
  resourceFromAttributes?(attributes: object): Resource
  readonly Resource?: new (attributes: object) => Resource
}

/**
 * A random `service.instance.id`, which the SDK sets by itself only since 3.1: without one, two processes or threads of
 * a service write one series, and each step back and forth between them counts as calls. What the SDK detects, such as
 * an id in OTEL_RESOURCE_ATTRIBUTES, is laid over it. Whoever chooses the detectors chooses about the id too.
 */
export function resourceFrom(env: Env, find: Find): unknown {
  if (textFrom(env, 'OTEL_NODE_RESOURCE_DETECTORS') !== undefined) return undefined
  const sdk = find('@opentelemetry/resources')?.load() as ResourcesSdk | undefined
  const id = { 'service.instance.id': randomUUID() }
  // The given resource takes the place of the SDK's own attributes, except in SDK 1, which adds them later.
  if (sdk?.Resource) return new sdk.Resource(id)
  return sdk?.resourceFromAttributes && sdk.defaultResource?.().merge(sdk.resourceFromAttributes(id))
}

/** What the variables say of the service, laid over a resource: a MeterProvider that stands alone does not read them. */
export function detected(resource: unknown, find: Find): unknown {
  const sdk = find('@opentelemetry/resources')?.load() as ResourcesSdk | undefined
  const detect = sdk?.detectResources ?? sdk?.detectResourcesSync
  const detector = sdk?.detectResources ? sdk.envDetector : sdk?.envDetectorSync
  const named = detect?.({ detectors: [detector] })
  return named === undefined ? resource : ((resource as Resource | undefined)?.merge(named) ?? named)
}

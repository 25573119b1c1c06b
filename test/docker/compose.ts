/**
 * What our compose files may contain: the part of the Compose Specification that they use, every other key refused, so
 * that a misspelt one is found without an engine. The official schema (compose-spec.json, 2026-06) accepts both files too.
 */
const text = { type: 'string', minLength: 1 } as const
const list = (items: object) => ({ type: 'array', items, minItems: 1, uniqueItems: true })
const object = (properties: Record<string, object>, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const seconds = { type: 'string', pattern: '^[1-9][0-9]*s$' } as const

const service = object({
  image: text,
  build: object({ context: text, dockerfile: text }, ['context']),
  command: list(text),
  environment: { type: 'object', additionalProperties: { type: 'string' } },
  // Loopback only, host port and container port.
  ports: list({ type: 'string', pattern: '^127\\.0\\.0\\.1:[0-9]+:[0-9]+$' }),
  // A file beside the compose file or above, an absolute target, read-only.
  volumes: list({ type: 'string', pattern: '^\\.\\.?/[^:]+:/[^:]+:ro$' }),
  healthcheck: object(
    {
      test: list(text),
      interval: seconds,
      timeout: seconds,
      retries: { type: 'integer', minimum: 1 },
      start_period: seconds,
    },
    ['test', 'interval', 'timeout', 'retries'],
  ),
  depends_on: {
    type: 'object',
    additionalProperties: object({ condition: { enum: ['service_started', 'service_healthy'] } }, ['condition']),
  },
  init: { type: 'boolean' },
  stop_grace_period: seconds,
  restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
  working_dir: { type: 'string' },
  read_only: { type: 'boolean' },
  cap_drop: list(text),
  security_opt: list(text),
})

/** JSON schema of a compose file. */
export const COMPOSE_SCHEMA = object(
  {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' },
    services: { type: 'object', additionalProperties: service },
  },
  ['services'],
)

/** JSON schema of a file of Grafana's dashboard providers. */
export const PROVIDERS_SCHEMA = object(
  {
    apiVersion: { const: 1 },
    providers: list(
      object(
        {
          name: text,
          orgId: { type: 'integer' },
          folder: text,
          folderUid: text,
          type: { const: 'file' },
          disableDeletion: { type: 'boolean' },
          allowUiUpdates: { type: 'boolean' },
          updateIntervalSeconds: { type: 'integer' },
          options: object({ path: text, foldersFromFilesStructure: { type: 'boolean' } }, ['path']),
        },
        ['name', 'type', 'options'],
      ),
    ),
  },
  ['apiVersion', 'providers'],
)

/** A service as far as the tests look at it. */
export interface Service {
  image?: string
  build?: { context: string; dockerfile?: string }
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  stop_grace_period?: string
}

/** A compose file. */
export interface Compose {
  name?: string
  services: Record<string, Service>
}

/** What lies in docker/, and what the compose files mount of it. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import type { Compose, Service } from './compose.ts'

/** Path of docker/. */
export const folder = fileURLToPath(new URL('../../docker', import.meta.url))
/** Text of a file in it. */
export const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
/** The stack and the demo. */
export const base = parse(read('compose.yaml')) as Compose
/** The same with an Alertmanager. */
export const overlay = parse(read('compose.alertmanager.yaml')) as Compose
/** The dashboard for a service in Python, by a Collector. */
export const collector = parse(read('compose.collector.yaml')) as Compose
/** The service that is the stack. */
export const lgtm = base.services['lgtm'] as Service

/** What a service mounts, the sources as paths of this machine. */
export const mountsOf = ({ volumes = [] }: Service): { source: string; target: string }[] =>
  volumes.map((volume) => {
    const [source = '', target = ''] = volume.split(':')
    return { source: resolve(folder, source), target }
  })
/** What the stack mounts. */
export const mounts = mountsOf(lgtm)
/** Where the stack has a file of it from. */
export const sourceOf = (target: string): string | undefined => mounts.find((mount) => mount.target === target)?.source

/** What a JSON schema says against data. */
export const problems = (schema: object, data: unknown): unknown => {
  const validate = new Ajv({ allErrors: true }).compile(schema)
  return validate(data) ? [] : validate.errors
}

import type { Sampler } from '../span/otel.ts'
import { choiceFrom, type Env, textFrom } from './env.ts'
import type { Say } from './say.ts'

/** The samplers of the SDK, which every line spells alike. */
export interface SamplerClasses {
  readonly AlwaysOnSampler: new () => Sampler
  readonly AlwaysOffSampler: new () => Sampler
  readonly TraceIdRatioBasedSampler: new (ratio: number) => Sampler
  readonly ParentBasedSampler: new (options: { root: Sampler }) => Sampler
}

/** The first is the default. */
export const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const

/**
 * The sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG ask for. The SDK stops reading them once it is
 * given a sampler, and ours has to be outermost, so that its delegate is built here.
 */
export function samplerFrom(env: Env, sdk: SamplerClasses, say: Say): Sampler {
  const name = choiceFrom(env, ['OTEL_TRACES_SAMPLER'], SAMPLERS, SAMPLERS[0], say)
  const argument = textFrom(env, 'OTEL_TRACES_SAMPLER_ARG')
  if (argument !== undefined && !name.endsWith('traceidratio')) {
    say(
      `OTEL_TRACES_SAMPLER_ARG=${argument} has no effect, since ${name} takes no argument;` +
        ' OTEL_TRACES_SAMPLER=parentbased_traceidratio takes one',
    )
  }
  const root = rootSampler(name.replace('parentbased_', ''), env, sdk, say)
  return name.startsWith('parentbased_') ? new sdk.ParentBasedSampler({ root }) : root
}

function rootSampler(name: string, env: Env, sdk: SamplerClasses, say: Say): Sampler {
  if (name === 'always_on') return new sdk.AlwaysOnSampler()
  if (name === 'always_off') return new sdk.AlwaysOffSampler()
  return new sdk.TraceIdRatioBasedSampler(ratioFrom(env, say))
}

/** 1 when unset, and for what is no ratio, as the specification asks. */
function ratioFrom(env: Env, say: Say): number {
  const value = textFrom(env, 'OTEL_TRACES_SAMPLER_ARG')
  if (value === undefined) return 1
  const ratio = Number(value)
  if (ratio >= 0 && ratio <= 1) return ratio
  say(`OTEL_TRACES_SAMPLER_ARG=${value} is not a number from 0 to 1; 1 is used`)
  return 1
}

import type { QuotaLowEvent, Snapshot, SpikeEvent } from 'opentelemetry-mangopay'
import type { Account } from './clients.ts'
import type { PlayerCounts, PlayerSettings } from './player.ts'
import type { TelemetrySettings } from './telemetry.ts'

/** Everything the app needs to know, given as JSON in its only argument. */
export interface AppSettings {
  account: Account
  /** Hosts for the library, as in its option. */
  hosts: Record<string, string>
  telemetry: TelemetrySettings
  player: PlayerSettings
  /** Milliseconds between two `state` messages. */
  stateInterval: number
}

/** What the app is told. */
export type ToApp =
  /** Play the scenario of this name from this second of it on. */
  | { type: 'play'; scenario: string; from: number }
  /** Make no new calls, wait for those in flight, report, go on living. */
  | { type: 'drain' }
  /** Make no new calls, wait for those in flight, send the telemetry, exit with 0. */
  | { type: 'stop' }

/** What the app sees at one moment. */
export interface AppState {
  /** When this was taken, epoch milliseconds. */
  time: number
  snapshot: Snapshot
  counts: PlayerCounts
}

/** An event of the library. Dates are epoch milliseconds, since messages are JSON. */
export type AppEvent =
  | { kind: 'spike'; at: number; event: Omit<SpikeEvent, 'since'> & { since: number } }
  | { kind: 'quota'; at: number; event: QuotaLowEvent }

/** What the app tells. */
export type FromApp =
  /** Mangopay's notifications are taken at this address. */
  | { type: 'ready'; hookUrl: string }
  | { type: 'state'; state: AppState }
  | { type: 'event'; event: AppEvent }
  /** Nothing is in flight any more. */
  | { type: 'drained'; state: AppState }

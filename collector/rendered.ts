/** Which files are rendered, and how. */
import { renderComplete, renderFragment } from './config.ts'

/** The rendered files by their path from the root of the repository. */
export const RENDERED: Readonly<Record<string, () => string>> = {
  'collector/mangopay.yaml': () => renderFragment(),
  'collector/complete.example.yaml': () => renderComplete(),
  // What docker/compose.collector.yaml runs, where the API is a mock.
  'docker/collector.yaml': () => renderComplete({ hosts: { 'mock:4010': 'demo' } }),
}

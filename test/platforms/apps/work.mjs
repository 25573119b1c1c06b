import { calls } from './calls.mjs'

export const work = async () => (await calls()).join()

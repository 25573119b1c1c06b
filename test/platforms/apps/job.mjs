import { calls } from './calls.mjs'

console.log((await calls()).join())

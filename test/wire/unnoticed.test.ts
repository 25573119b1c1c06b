import { comparesOn } from './unnoticed.ts'

comparesOn('of the tests', process.execPath)

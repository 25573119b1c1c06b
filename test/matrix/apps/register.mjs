// An app without a line of telemetry: node --import opentelemetry-mangopay/register register.mjs
import { createRequire } from 'node:module'
import axios from 'axios'
import * as undici from 'undici'
import { calls } from './calls.cjs'

await calls(createRequire(import.meta.url), axios, undici)

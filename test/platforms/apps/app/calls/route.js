import { calls } from '../../calls.mjs'

export const dynamic = 'force-dynamic'

export const GET = async () => new Response((await calls()).join())

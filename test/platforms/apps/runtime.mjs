// Lambda's runtime in short: an event for each message, an answer for each event. Whoever gets it freezes the process.
import { handler } from './handler.mjs'

process.on('SIGUSR2', async () => console.log(`answer ${await handler({})}`))
setInterval(() => {}, 60_000)
console.log('ready')

// A Nest service that makes the nine calls and is then told to stop.
require('reflect-metadata')
const { Controller, Get, Module } = require('@nestjs/common')
const { NestFactory } = require('@nestjs/core')

class Calls {
  async get() {
    const { calls } = await import('./calls.mjs')
    return (await calls()).join()
  }
}
Controller('calls')(Calls)
Get()(Calls.prototype, 'get', Object.getOwnPropertyDescriptor(Calls.prototype, 'get'))
class App {}
Module({ controllers: [Calls] })(App)

async function main() {
  const app = await NestFactory.create(App, { logger: ['error'] })
  app.enableShutdownHooks()
  await app.listen(0, '127.0.0.1')
  const answer = await fetch(`http://127.0.0.1:${app.getHttpServer().address().port}/calls`)
  console.log(await answer.text())
  process.kill(process.pid, 'SIGTERM')
}
main()

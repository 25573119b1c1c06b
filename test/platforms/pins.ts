/** Exact versions of everything that is installed to prove docs/platforms.md. */
import { clientPackages, sdkLines } from '../matrix/lines.ts'

const sdk = sdkLines.find(({ name }) => name === '2.12')?.packages ?? {}
const clients = { axios: clientPackages['axios'] ?? '', undici: clientPackages['undici'] ?? '' }
const next = {
  ...sdk,
  ...clients,
  react: '19.3.1',
  'react-dom': '19.3.1',
  typescript: '5.9.3',
  '@types/node': '20.19.43',
  '@types/react': '19.3.3',
}

/** By project: a folder of its own for each, as a team has it. */
export const pins = {
  plain: { ...sdk, ...clients },
  nest: {
    ...sdk,
    ...clients,
    '@nestjs/common': '12.5.1',
    '@nestjs/core': '12.5.1',
    '@nestjs/platform-express': '12.5.1',
    'reflect-metadata': '0.2.2',
    rxjs: '7.8.2',
  },
  results: { ...sdk, ...clientPackages },
  hooks: {
    ...sdk,
    ...clients,
    express: '5.3.0',
    '@opentelemetry/instrumentation-express': '0.71.0',
    fastify: '5.12.8',
    '@fastify/otel': '0.21.2',
    '@nestjs/common': '11.2.10',
    '@nestjs/core': '11.2.10',
    '@nestjs/platform-express': '11.2.10',
    '@opentelemetry/instrumentation-nestjs-core': '0.70.0',
    'reflect-metadata': '0.2.2',
    rxjs: '7.8.2',
  },
  next15: { ...next, next: '15.5.29' },
  next16: { ...next, next: '16.4.6' },
  pm2: { ...sdk, ...clients, pm2: '7.0.4' },
  sentry: { ...sdk, ...clients, '@sentry/node': '10.78.0', '@sentry/opentelemetry': '10.78.0' },
  azure: {
    ...clients,
    '@azure/monitor-opentelemetry': '1.21.0',
    '@opentelemetry/api': '1.9.1',
  },
  datadog: { ...sdk, ...clients, 'dd-trace': '6.21.0' },
  newrelic: { ...sdk, ...clients, newrelic: '14.5.1' },
  runtimes: { ...sdk, ...clients, bun: '1.4.5', deno: '2.9.6' },
  bundlers: {
    ...sdk,
    ...clients,
    '@vercel/ncc': '0.45.0',
    esbuild: '0.28.2',
    postject: '1.0.0-alpha.6',
    rollup: '4.68.8',
    '@rollup/plugin-commonjs': '29.0.3',
    '@rollup/plugin-json': '6.1.0',
    '@rollup/plugin-node-resolve': '16.0.3',
    vite: '8.3.8',
    webpack: '5.113.0',
    'webpack-cli': '7.3.1',
  },
} as const

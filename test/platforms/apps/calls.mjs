// Nine calls by four clients, one of them refused; prints the statuses.
import { request } from 'node:http'
import axios from 'axios'
import * as undici from 'undici'

const headers = { authorization: `Bearer ${process.env.TOKEN}` }
const url = process.env.TARGET
const validateStatus = () => true

const byHttp = (path) =>
  new Promise((done, failed) => {
    request(url + path, { headers }, (answer) => answer.resume().on('end', () => done(answer.statusCode)))
      .on('error', failed)
      .end()
  })

const byFetch = async (path, options = { headers }) => {
  const answer = await fetch(url + path, options)
  await answer.text()
  return answer.status
}

const byUndici = async (path) => {
  const { statusCode, body } = await undici.request(url + path, { headers })
  await body.text()
  return statusCode
}

export const calls = async () => [
  (await axios.get(`${url}/users`, { headers, validateStatus })).status,
  (await axios.get(`${url}/users/1`, { headers, validateStatus })).status,
  await byFetch('/users'),
  await byFetch('/wallets/1'),
  await byFetch('/users', {}), // without a token
  await byUndici('/users'),
  await byUndici('/wallets/1'),
  await byHttp('/users'),
  await byHttp('/users/1'),
]

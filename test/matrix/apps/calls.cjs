// What every app of the matrix does: calls by axios, fetch, undici and Mangopay's SDK, with every kind of ending.
// `load` is the app's own require, so that instrumentations see what it loads.
exports.calls = async (load, axios, undici) => {
  const api = process.env.MATRIX_API
  const any = { validateStatus: () => true }
  const user = (status, id) => `${api}/v2.01/acme/users/${status}_${id}?secret=1`
  for (let round = 0; round < 5; round += 1) {
    for (const status of [200, 404, 429, 500]) await axios.get(user(status, round), any)
    await axios.post(`${api}/v2.01/acme/payins/card/direct`, { Amount: 1 }, any)
    await axios.get(user('reset', round), any).catch(() => {})
    for (const status of [200, 401, 429, 503]) await (await fetch(user(status, round))).text()
    await (await fetch(`${api}/v2.01/acme/payins/card/direct`, { method: 'POST', body: '{}' })).text()
    await fetch(user('reset', round)).catch(() => {})
    if (undici) {
      for (const status of [200, 400, 429]) {
        await (await undici.request(`${api}/v2.01/acme/wallets/${status}_${round}`)).body.text()
      }
    }
  }
  const Mangopay = load('mangopay4-nodejs-sdk')
  const sdk = new Mangopay({ clientId: 'acme', clientApiKey: 'key', baseUrl: api, errorHandler: () => {} })
  await sdk.Users.get('200_1')
  await sdk.Users.get('404_1').catch(() => {})
  for (let round = 0; round < 4; round += 1) await sdk.Transfers.create({ AuthorId: '1' }).catch(() => {})
}

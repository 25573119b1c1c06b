export const dynamic = 'force-dynamic'

/** Asked once, then from Next's data cache. */
export const GET = async () => {
  const headers = { authorization: `Bearer ${process.env.TOKEN}` }
  const answer = await fetch(`${process.env.TARGET}/wallets/1`, { headers, next: { revalidate: 3600 } })
  return new Response(String(answer.status))
}

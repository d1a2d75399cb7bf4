// dynalite throws where a client goes away in the middle of a request, which ends the whole server on Node 16 and newer.
// A request that broke off was not applied, so going on is right; any other error still ends it.
process.on('uncaughtException', (error) => {
  if (error.code === 'ECONNRESET') return
  console.error(error)
  process.exit(1)
})

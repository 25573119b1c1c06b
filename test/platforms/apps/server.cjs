import('./server.mjs')

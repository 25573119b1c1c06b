import { nodeBinary } from '../matrix/lab.ts'
import { nodeVersions } from '../matrix/lines.ts'
import { comparesOn } from './unnoticed.ts'

for (const [name, version] of Object.entries(nodeVersions)) comparesOn(name, nodeBinary(version))

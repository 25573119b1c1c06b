/** Name of the package and of its meter. A test holds both equal to package.json. */
export const PACKAGE_NAME = 'opentelemetry-mangopay'

/** Version of the package. */
export const PACKAGE_VERSION = '0.1.0'

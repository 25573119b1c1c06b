/**
 * How the HTTP clients of other languages name their failures, as their OpenTelemetry agents leave it on a span: in
 * `error.type` and `exception.type` as the agents spell classes, in messages as the clients word them. Node's own names
 * are in `src/outcome`. Names that the language's HTTP clients share with application code are left out: a wrong category
 * is worse than `network`, which every other failure without an answer is.
 */

/** What a name or message is evidence of. */
export interface FailureNames {
  /** A time limit ran out. */
  readonly timeout?: readonly string[]
  /** Our side gave the call up. */
  readonly cancelled?: readonly string[]
  /** Our client refused to send it. */
  readonly invalid_request?: readonly string[]
  /** The network failed, so that an answer whose head came did not come as a whole. */
  readonly network?: readonly string[]
  /** No byte of the request reached the server; one of the above besides, or `network`. */
  readonly neverSent?: readonly string[]
}

/** The names of one language's agents. */
export interface Agent {
  readonly language: string
  /** Where the names were read. */
  readonly source: string
  /** What may stand in front of a name, and behind it, as a pattern. */
  readonly before?: string
  /** Names of errors, compared whole. */
  readonly names: FailureNames
  /** Parts of messages, in lower case. */
  readonly messages?: FailureNames
}

const JAVA: Agent = {
  language: 'java',
  source:
    'opentelemetry-java-instrumentation, HttpClientAttributesExtractor (error.type is the class name); exceptions of the JDK, Apache HttpClient 4 and 5, OkHttp and Netty',
  names: {
    timeout: [
      'java.net.SocketTimeoutException',
      'java.net.http.HttpTimeoutException',
      'java.net.http.HttpConnectTimeoutException',
      'java.util.concurrent.TimeoutException',
      'java.io.InterruptedIOException',
      'org.apache.http.conn.ConnectTimeoutException',
      'org.apache.hc.client5.http.ConnectTimeoutException',
      'io.netty.handler.timeout.ReadTimeoutException',
      'io.netty.handler.timeout.WriteTimeoutException',
      'io.netty.channel.ConnectTimeoutException',
    ],
    cancelled: ['java.util.concurrent.CancellationException', 'kotlinx.coroutines.JobCancellationException'],
    network: [
      'java.net.SocketException',
      'java.io.EOFException',
      'javax.net.ssl.SSLException',
      'org.apache.http.ConnectionClosedException',
      'org.apache.http.NoHttpResponseException',
      'org.apache.http.TruncatedChunkException',
      'org.apache.hc.core5.http.ConnectionClosedException',
      'org.apache.hc.core5.http.NoHttpResponseException',
      'org.apache.hc.core5.http.TruncatedChunkException',
      'okhttp3.internal.http2.StreamResetException',
      'reactor.netty.http.client.PrematureCloseException',
    ],
    neverSent: [
      'java.net.UnknownHostException',
      'java.net.ConnectException',
      'java.net.NoRouteToHostException',
      'java.net.http.HttpConnectTimeoutException',
      'java.nio.channels.UnresolvedAddressException',
      'org.apache.http.conn.HttpHostConnectException',
      'org.apache.http.conn.ConnectTimeoutException',
      'org.apache.hc.client5.http.HttpHostConnectException',
      'org.apache.hc.client5.http.ConnectTimeoutException',
      'javax.net.ssl.SSLHandshakeException',
      'javax.net.ssl.SSLPeerUnverifiedException',
      'io.netty.channel.ConnectTimeoutException',
    ],
  },
  messages: { neverSent: ['connect timed out', 'failed to connect to'] },
}

const PYTHON: Agent = {
  language: 'python',
  source:
    'opentelemetry-python-contrib (requests, httpx, urllib3, aiohttp; run): error.type is the class alone, exception.type has its module in front',
  before: '(?:[a-zA-Z_][a-zA-Z0-9_.]*\\.)?',
  names: {
    timeout: [
      'Timeout',
      'ConnectTimeout',
      'ReadTimeout',
      'WriteTimeout',
      'PoolTimeout',
      'ConnectTimeoutError',
      'ReadTimeoutError',
      'ServerTimeoutError',
      'ConnectionTimeoutError',
      'SocketTimeoutError',
      'TimeoutError',
    ],
    cancelled: ['CancelledError', 'Cancelled'],
    invalid_request: [
      'InvalidHeader',
      'InvalidURL',
      'MissingSchema',
      'InvalidSchema',
      'UnsupportedProtocol',
      'LocalProtocolError',
      'LocationParseError',
    ],
    network: [
      'ChunkedEncodingError',
      'IncompleteRead',
      'ProtocolError',
      'RemoteProtocolError',
      'ReadError',
      'WriteError',
      'ClientPayloadError',
      'ServerDisconnectedError',
      'ConnectionResetError',
      'BrokenPipeError',
      'SSLError',
    ],
    neverSent: [
      'ConnectTimeout',
      'ConnectTimeoutError',
      'ConnectError',
      'PoolTimeout',
      'NewConnectionError',
      'NameResolutionError',
      'ClientConnectorError',
      'ClientConnectorDNSError',
      'ClientConnectorCertificateError',
      'ClientConnectorSSLError',
      'gaierror',
      'ConnectionRefusedError',
      'ConnectionTimeoutError',
    ],
  },
  messages: {
    neverSent: [
      'failed to establish a new connection',
      'failed to resolve',
      'name or service not known',
      'nodename nor servname',
      'name resolution',
      'all connection attempts failed',
      'certificate verify failed',
    ],
  },
}

const GO: Agent = {
  language: 'go',
  source: 'opentelemetry-go-contrib, otelhttp (run): the type of the error, and its text as status message',
  before: '\\*?',
  names: {
    timeout: [
      'context.deadlineExceededError',
      'net/http.timeoutError',
      'net/http.httpError',
      'net/http.tlsHandshakeTimeoutError',
      'os.ErrDeadlineExceeded',
      'internal/poll.DeadlineExceededError',
    ],
    neverSent: [
      'net.DNSError',
      'crypto/tls.CertificateVerificationError',
      'crypto/x509.UnknownAuthorityError',
      'crypto/x509.HostnameError',
      'net/http.tlsHandshakeTimeoutError',
    ],
  },
  messages: {
    timeout: ['deadline exceeded'],
    cancelled: ['context canceled'],
    invalid_request: ['net/http: invalid header', 'net/http: invalid method', 'unsupported protocol scheme'],
    network: ['unexpected eof', 'connection reset by peer', 'broken pipe'],
    neverSent: ['no such host', 'dial tcp', 'connect: connection refused', 'x509:'],
  },
}

const RUBY: Agent = {
  language: 'ruby',
  source: 'opentelemetry-ruby-contrib (net_http, faraday, http_client): exception.type is the class',
  names: {
    timeout: [
      'Net::OpenTimeout',
      'Net::ReadTimeout',
      'Net::WriteTimeout',
      'Faraday::TimeoutError',
      'Timeout::Error',
      'Errno::ETIMEDOUT',
      'HTTP::TimeoutError',
      'HTTP::ConnectTimeoutError',
    ],
    invalid_request: ['URI::InvalidURIError', 'HTTP::HeaderError'],
    network: ['Errno::ECONNRESET', 'Errno::EPIPE', 'EOFError', 'OpenSSL::SSL::SSLError', 'Net::HTTPBadResponse'],
    neverSent: [
      'Net::OpenTimeout',
      'Errno::ECONNREFUSED',
      'Errno::EHOSTUNREACH',
      'Errno::ENETUNREACH',
      'SocketError',
      'Socket::ResolutionError',
      'HTTP::ConnectTimeoutError',
    ],
  },
  messages: { neverSent: ['failed to open tcp connection'] },
}

const DOTNET: Agent = {
  language: 'dotnet',
  source: 'System.Net.Http (HttpRequestError, the values of error.type since .NET 8) and its exceptions',
  names: {
    // HttpClient.Timeout and a caller's token leave the same exception; a time-out taken for a cancel would hide an outage.
    timeout: ['System.Threading.Tasks.TaskCanceledException', 'System.TimeoutException'],
    cancelled: ['System.OperationCanceledException'],
    invalid_request: ['System.UriFormatException'],
    network: ['System.Net.Http.HttpIOException', 'System.IO.IOException', 'response_ended', 'http_protocol_error'],
    neverSent: ['name_resolution_error', 'connection_error', 'secure_connection_error'],
  },
}

const PHP: Agent = {
  language: 'php',
  source:
    'opentelemetry-php-contrib (curl: error.type is "cURL error (N)"; guzzle, psr18: the class and the message of the exception); numbers of curl/curl.h',
  names: {
    timeout: ['cURL error (28)'],
    cancelled: ['cURL error (42)'],
    invalid_request: ['cURL error (1)', 'cURL error (3)'],
    network: ['cURL error (18)', 'cURL error (52)', 'cURL error (55)', 'cURL error (56)', 'cURL error (92)'],
    neverSent: ['cURL error (5)', 'cURL error (6)', 'cURL error (7)', 'cURL error (35)', 'cURL error (60)'],
  },
  messages: {
    timeout: ['curl error 28:'],
    cancelled: ['curl error 42:'],
    invalid_request: ['curl error 1:', 'curl error 3:'],
    network: ['curl error 18:', 'curl error 52:', 'curl error 55:', 'curl error 56:', 'curl error 92:'],
    neverSent: [
      'curl error 5:',
      'curl error 6:',
      'curl error 7:',
      'curl error 35:',
      'curl error 60:',
      'could not resolve host',
      "couldn't resolve host",
      "couldn't connect to server",
    ],
  },
}

export const AGENTS: readonly Agent[] = [JAVA, PYTHON, GO, RUBY, DOTNET, PHP]

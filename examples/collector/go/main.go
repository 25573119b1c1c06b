// Command shop calls Mangopay, in Go: net/http with OpenTelemetry's otelhttp in front, and a round tripper of twelve lines
// that keeps the rate-limit headers, for which otelhttp has no setting.
//
//	go run . [-turns 100]
//
// Environment: MANGOPAY_URL, MANGOPAY_CLIENT_ID, MANGOPAY_API_KEY, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// quotaHeaders writes the headers that the quota is read from on the span of the call, which otelhttp has begun.
type quotaHeaders struct{ next http.RoundTripper }

func (q quotaHeaders) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := q.next.RoundTrip(request)
	if err == nil {
		for _, name := range []string{"x-ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset", "date", "www-authenticate"} {
			if values := response.Header.Values(name); len(values) > 0 {
				trace.SpanFromContext(request.Context()).SetAttributes(attribute.StringSlice("http.response.header."+name, values))
			}
		}
	}
	return response, err
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

var (
	base     = setting("MANGOPAY_URL", "http://127.0.0.1:4010")
	clientID = setting("MANGOPAY_CLIENT_ID", "demo-platform")
	apiKey   = setting("MANGOPAY_API_KEY", "demo-0c2b6a9e4f7d4c1f")
	token    string
)

func renewToken(ctx context.Context, client *http.Client) error {
	form := strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode())
	request, err := http.NewRequestWithContext(ctx, "POST", base+"/v2.01/oauth/token", form)
	if err != nil {
		return err
	}
	request.SetBasicAuth(clientID, apiKey)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		return fmt.Errorf("no token: %s %v", response.Status, err)
	}
	token = answer.AccessToken
	return nil
}

// call makes one call. An error is printed and the shop goes on, as shops do.
func call(ctx context.Context, client *http.Client, method, path, body string) {
	request, err := http.NewRequestWithContext(ctx, method, base+"/v2.01/"+clientID+path, strings.NewReader(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		fmt.Println(method, path, err)
		return
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		fmt.Println(method, path, err)
	} else if response.StatusCode >= 400 {
		fmt.Println(method, path, response.StatusCode)
	}
}

func main() {
	turns := flag.Int("turns", 0, "customers to serve; without end otherwise, one a second")
	flag.Parse()
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter))
	defer provider.Shutdown(ctx)
	transport := otelhttp.NewTransport(quotaHeaders{http.DefaultTransport}, otelhttp.WithTracerProvider(provider))
	client := &http.Client{Transport: transport, Timeout: 500 * time.Millisecond}
	for served := 0; *turns == 0 || served < *turns; served++ {
		if token == "" || served%50 == 0 {
			if err := renewToken(ctx, client); err != nil {
				fmt.Println(err)
			}
		}
		call(ctx, client, "GET", "/users/user_m_01J82SPSKW53XZM936PDVN76W0?Email=ada.invented@shop.example", "")
		call(ctx, client, "GET", "/wallets/wlt_m_01J82SPSKW53XZM936PDVN76W1/transactions", "")
		call(ctx, client, "POST", "/transfers", `{"AuthorId":"user_m_01J82SPSKW53XZM936PDVN76W0","DebitedFunds":{"Currency":"EUR","Amount":1000},"Fees":{"Currency":"EUR","Amount":0},"DebitedWalletId":"wlt_m_01J82SPSKW53XZM936PDVN76W1","CreditedWalletId":"wlt_m_01J82SPSKW53XZM936PDVN76W2"}`)
		call(ctx, client, "GET", "/not/in/the/table", "")
		if *turns == 0 {
			time.Sleep(time.Second)
		}
	}
}

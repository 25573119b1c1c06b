module opentelemetry-mangopay/test/stack/amtool

go 1.26

require github.com/prometheus/alertmanager v0.34.1

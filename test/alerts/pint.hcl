// What pint demands of the rules beyond its own checks. It runs offline: no Prometheus is asked.

rule {
  match {
    kind = "alerting"
  }

  annotation "summary" {
    severity = "bug"
    required = true
  }

  annotation "description" {
    severity = "bug"
    required = true
  }

  annotation "runbook_url" {
    severity = "bug"
    value    = ".+/runbook.md#mangopay[a-z]+"
    required = true
  }

  annotation "dashboard_url" {
    severity = "bug"
    required = true
  }

  label "severity" {
    severity = "bug"
    required = true
  }

  name "Mangopay[A-Za-z]+" {
    severity = "bug"
  }
}

rule {
  match {
    kind = "recording"
  }

  aggregate ".+" {
    severity = "bug"
    strip    = ["instance"]
  }
}

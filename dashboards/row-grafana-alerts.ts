/** Alerts managed by Grafana: they leave no series in Prometheus, so the table on top cannot have them. */
import { type Panel, PanelBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { PANELS } from './palette.ts'

/** The SDK has no builder for this kind of panel. It asks no data source of ours: Grafana knows its alerts itself. */
const list = (): PanelBuilder =>
  new PanelBuilder()
    .type('alertlist')
    .id(PANELS.grafanaAlerts.id)
    .title(PANELS.grafanaAlerts.title)
    .description(
      'Is anything firing that Grafana evaluates? Rules of alerts/grafana-alerting.yaml, whose name starts with Mangopay, of every environment. Those of Prometheus are in "Alerts" on top. Open one for its labels.',
    )
    .gridPos({ x: 0, y: 0, w: 24, h: 9 })
    .options({
      alertInstanceLabelFilter: '',
      alertName: 'Mangopay',
      dashboardAlerts: false,
      // Only Grafana's own rules.
      datasource: '-- Grafana --',
      groupBy: ['mangopay_environment', 'severity'],
      groupMode: 'custom',
      maxItems: 20,
      // By importance.
      sortOrder: 3,
      stateFilter: { error: true, firing: true, noData: false, normal: false, pending: true, recovering: true },
      viewMode: 'list',
    })

/** The row's panels. */
export const grafanaAlerts = (): Panel[] => [list().build()]

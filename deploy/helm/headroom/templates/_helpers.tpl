{{- define "headroom.name" -}}
{{- ternary .Release.Name (printf "%s-headroom" .Release.Name) (contains "headroom" .Release.Name) | trunc 38 | trimSuffix "-" -}}
{{- end -}}

{{- define "headroom.account" -}}
{{- .Values.serviceAccount.name | default (printf "%s-observer" (include "headroom.name" .)) -}}
{{- end -}}

{{- /* JSON: namespaces of this cluster that environments observe ("observed"), start runners in ("runners"), or ask them in through the API server ("proxied"). */ -}}
{{- define "headroom.namespaces" -}}
{{- $observed := list -}}
{{- $runners := list -}}
{{- $proxied := list -}}
{{- range .Values.environments -}}
{{- with (.observers | default dict).kubernetes -}}
{{- if not .kubeconfig }}{{ $observed = append $observed .namespace }}{{ end -}}
{{- end -}}
{{- with .runners -}}
{{- if not .kubeconfig }}{{ $runners = append $runners .namespace }}
{{- if eq (toString (.reach | default "api-server")) "api-server" }}{{ $proxied = append $proxied .namespace }}{{ end -}}
{{ end -}}
{{- end -}}
{{- end -}}
{{- dict "observed" ($observed | uniq | sortAlpha) "runners" ($runners | uniq | sortAlpha) "proxied" ($proxied | uniq | sortAlpha) | toJson -}}
{{- end -}}

{{- /* JSON: directories, by claim, of the volumes by whose files environments ask their runners. */ -}}
{{- define "headroom.shared" -}}
{{- $shared := dict -}}
{{- range .Values.environments -}}
{{- with (.runners | default dict).reach -}}
{{- if kindIs "map" . }}{{ $_ := set $shared .claim .directory }}{{ end -}}
{{- end -}}
{{- end -}}
{{- toJson $shared -}}
{{- end -}}

{{- /* The arguments --env NAME, of "nightly" or "gate". */ -}}
{{- define "headroom.environment" -}}
{{- $name := (index .root.Values .part).environment -}}
{{- if not (hasKey .root.Values.environments $name) -}}
{{- fail (printf "%s.environment is %q, expected a name in environments: %s" .part $name (keys .root.Values.environments | sortAlpha | join ", ")) -}}
{{- end -}}
- --env
- {{ $name | quote }}
{{- end -}}

{{- define "headroom.subjects" -}}
- kind: ServiceAccount
  name: {{ include "headroom.account" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
{{- end -}}

{{- /* The pod's spec, of `root`, `args` (YAML) and `claim`, which may be empty. */ -}}
{{- define "headroom.pod" -}}
{{- with .root.Values -}}
restartPolicy: Never
serviceAccountName: {{ include "headroom.account" $.root | quote }}
{{- $namespaces := include "headroom.namespaces" $.root | fromJson }}
automountServiceAccountToken: {{ or $namespaces.observed $namespaces.runners | empty | not }}
# Longer than k6's graceful stop.
terminationGracePeriodSeconds: 120
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- with .imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ quote . }}
  {{- end }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .tolerations }}
tolerations: {{ toJson . }}
{{- end }}
containers:
  - name: headroom
    image: {{ .image | quote }}
    args:
      {{- $.args | nindent 6 }}
    envFrom:
      - secretRef:
          name: {{ quote .secret }}
    resources:
      requests: {{ toJson .resources }}
      limits: {{ toJson .resources }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    volumeMounts:
      - { name: data, mountPath: /data }
      - { name: environments, mountPath: /data/environments, readOnly: true }
      - { name: tmp, mountPath: /tmp }
      {{- $shared := include "headroom.shared" $.root | fromJson }}
      {{- range $claim, $directory := $shared }}
      - { name: {{ printf "shared-%s" ($claim | sha256sum | trunc 8) }}, mountPath: {{ quote $directory }} }
      {{- end }}
volumes:
  - name: data
    {{- if $.claim }}
    persistentVolumeClaim:
      claimName: {{ quote $.claim }}
    {{- else }}
    emptyDir: {}
    {{- end }}
  - name: environments
    configMap:
      name: {{ include "headroom.name" $.root }}-environments
  - name: tmp
    emptyDir: {}
  {{- range $claim, $_ := $shared }}
  - name: {{ printf "shared-%s" ($claim | sha256sum | trunc 8) }}
    persistentVolumeClaim:
      claimName: {{ quote $claim }}
  {{- end }}
{{- end -}}
{{- end -}}

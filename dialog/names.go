package dialog

// Steps lists every flow's steps, by the flow's stored name. Tests hold it
// against what was visited and against the stored names in use.
func (e *Engine) Steps() map[string][]StepName {
	all := make(map[string][]StepName, len(e.flows))
	for _, f := range e.flows {
		name, _ := f.names()
		all[name] = f.steps()
	}
	return all
}
